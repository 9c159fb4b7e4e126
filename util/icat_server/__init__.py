"""A stand-in for an ICAT server, for development and tests: SOAP, JPQL, rules, over SQLAlchemy."""
