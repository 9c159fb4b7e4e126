"""ICAT's authorisation: who may do what with which objects."""
