"""Dates as a filter writes them, and as an answer does."""

import re
from datetime import UTC, datetime

from dateutil.parser import isoparse

_LONGEST = 40
_LOST_PLUS = re.compile(r"(?<=\d) (?=\d\d:?\d\d\Z)")
_SPACE = re.compile(r"\A(\d{4}-\d\d-\d\d) +(?=\d)")


def parse(text: str) -> datetime:
    """Read a date in any form of ISO 8601 as a naive UTC ``datetime``; a day is its first moment.

    A blank is taken for the T between date and time, and for the + of an offset, which a query
    string that was not encoded turns into one. Raises ValueError.
    """
    text = text.strip()
    if len(text) > _LONGEST or not text[:4].isdecimal() or not text.isascii():
        raise ValueError(text)
    text = _LOST_PLUS.sub("+", _SPACE.sub(r"\1T", text))
    try:
        moment = isoparse(text)
        if moment.tzinfo is None:
            return moment
        return moment.astimezone(UTC).replace(tzinfo=None)
    except (OverflowError, ValueError) as error:
        raise ValueError(text) from error


def answered(wire: str) -> str:
    """Turn a backend's ``YYYY-MM-DD HH:MM:SS[.ffffff]+00:00`` into ``YYYY-MM-DDTHH:MM:SS.mmmZ``."""
    millis = wire[20:23] if wire[19:20] == "." else "000"
    return f"{wire[:10]}T{wire[11:19]}.{millis}Z"
