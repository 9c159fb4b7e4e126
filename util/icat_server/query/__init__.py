"""Searching: what a session may see of what a query asks for."""

from util.icat_server.query.searcher import Searcher

__all__ = ["Searcher"]
