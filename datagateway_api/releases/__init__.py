"""Open-data releases: datasets published release by release, in a store of this mode's own."""
