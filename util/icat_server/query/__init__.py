"""Searching: what a session may see of what a query asks for."""
