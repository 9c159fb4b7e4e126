"""The OpenAPI document of the search API."""

from typing import Final

import orjson

from datagateway_api.search.settings import SearchSection

TITLE: Final = "Search API"


class Document:
    """The document, as bytes."""

    def __init__(self, section: SearchSection) -> None:
        """Take the mode's section."""
        self._section = section

    def __call__(self, base: str) -> bytes:
        """Return the document for a search that answers below ``base``."""
        return orjson.dumps({"openapi": "3.1.0", "info": {"title": TITLE, "version": "1"}})
