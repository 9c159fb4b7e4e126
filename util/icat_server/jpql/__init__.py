"""ICAT's query language: texts to plain data, plain data to SQLAlchemy statements."""
