"""One REST gateway to a scientific facility's metadata catalogue and data."""

__version__ = "0.1.0"
