"""From checked queries to ICAT's query language: pure functions, no connection."""
