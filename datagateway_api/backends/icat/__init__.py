"""The catalogue over ICAT's web service, where ICAT's own rules decide who sees what."""
