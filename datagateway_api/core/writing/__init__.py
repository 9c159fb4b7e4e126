"""Writing: from a request's body to plain, frozen data."""
