"""The query language: from a request's query string to plain, frozen data."""
