"""Moments of modification: each is later than the row's last one, so it names one state of it."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.dialects import mysql
from sqlalchemy.types import TypeEngine

from datagateway_api.core import dates

DIGITS = 6
LONGEST_AHEAD = timedelta(hours=1)
"""A modTime beyond this from now was not counted up here, but written by somebody's wrong clock."""


def moment_after(last: datetime | None, column: TypeEngine[Any]) -> datetime:
    """Return the present, as the column can hold it, or just after ``last`` if that is later.

    Some catalogues keep whole seconds only, in which a row can change several times.
    """
    tick = _tick(column)
    now = dates.now()
    now -= timedelta(microseconds=now.microsecond % (tick // timedelta(microseconds=1)))
    if last is None or now > last or last - now > LONGEST_AHEAD:
        return now
    return last + tick


def _tick(column: TypeEngine[Any]) -> timedelta:
    """Return the least time between two values of a column."""
    digits = column.fsp or 0 if isinstance(column, mysql.DATETIME) else DIGITS
    return timedelta(microseconds=10 ** (DIGITS - digits))
