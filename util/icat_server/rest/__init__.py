"""ICAT's REST interface, as far as DataGateway and python-icat's scripts use it."""
