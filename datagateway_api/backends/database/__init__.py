"""The catalogue read directly from ICAT's own database tables."""
