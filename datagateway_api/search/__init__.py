"""The mode `search_api`: PaNOSC documents out of ICAT."""
