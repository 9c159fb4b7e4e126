"""Dates between the wire and ``datetime``: always UTC, no zone inside the program."""

from datetime import UTC, datetime


def parse(text: str) -> datetime:
    """Read an ISO 8601 date or date-time as a naive UTC ``datetime``.

    ``YYYY-MM-DD``, with time after ``T`` or space, with or without fraction, ``Z`` or offset
    (none means UTC). Raises ValueError for anything else, for the compact forms ISO also knows
    and for instants outside the years 1 to 9999.
    """
    stripped = text.strip()
    if len(stripped) < 10 or stripped[4] != "-" or stripped[7] != "-":
        raise ValueError(text)
    if len(stripped) > 10 and stripped[10] not in " T":
        raise ValueError(text)
    head, tail = stripped[:11], stripped[11:]
    moment = datetime.fromisoformat(head + tail.replace(" ", ""))
    if moment.tzinfo is None:
        return moment
    try:
        return moment.astimezone(UTC).replace(tzinfo=None)
    except OverflowError as error:
        raise ValueError(text) from error


def wire(moment: datetime) -> str:
    """Write a naive UTC ``datetime`` as ``YYYY-MM-DD HH:MM:SS[.ffffff]+00:00``."""
    return moment.isoformat(" ") + "+00:00"


def now() -> datetime:
    """Return the present moment as a naive UTC ``datetime``."""
    return datetime.now(UTC).replace(tzinfo=None)
