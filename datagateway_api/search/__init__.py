"""The mode ``search_api``: PaNOSC documents, datasets and instruments out of an ICAT catalogue."""
