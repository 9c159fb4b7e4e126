"""Tools for those who develop or try out the API; the package does not need them."""
