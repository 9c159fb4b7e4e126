"""Checks of single settings of the search API: each returns what to keep, or says what is wrong."""

from pathlib import Path
from urllib.parse import urlsplit

from datagateway_api.settings.report import masked, shown


def existing_file(text: str) -> str:
    """A file that is there."""
    if not Path(text).is_file():
        raise ValueError(f"must be a file that exists, got {shown(text)}")
    return text


def scoring_url(text: str) -> str:
    """The address of a scoring service."""
    url = urlsplit(text.strip())
    if url.scheme not in ("http", "https") or not url.hostname:
        raise ValueError(f"must be like http://localhost:9000/score, got {masked(text)}")
    return text.strip()
