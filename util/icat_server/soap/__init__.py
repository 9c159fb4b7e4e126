"""ICAT's SOAP interface: envelopes in, calls, envelopes out."""
