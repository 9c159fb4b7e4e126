"""Values of ICAT's answers, XML texts or JSON, as they are answered here."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from math import isfinite
from typing import Any, TypeAlias

import orjson

from datagateway_api.core import dates
from datagateway_api.core.entities import FieldType

Reader: TypeAlias = Callable[[Any], object]

_PLAIN_LENGTH = 20
"""Characters of a date in UTC without a fraction, ``2023-11-14T22:13:20Z``."""


def wire_date(text: str) -> str:
    """Return a date, which ICAT writes in any zone and to the millisecond, in UTC."""
    if text.endswith("Z") and len(text) >= _PLAIN_LENGTH and text[4] == "-":
        fraction = text[19:-1].rstrip("0").rstrip(".")
        if not fraction:
            return f"{text[:10]} {text[11:19]}+00:00"
    return dates.wire(moment(text))


def moment(text: str) -> datetime:
    """Return a date as a naive UTC ``datetime``, as near as Python can hold it."""
    found = datetime.fromisoformat(text)
    try:
        return found.astimezone(UTC).replace(tzinfo=None)
    except OverflowError:
        return found.replace(tzinfo=None)


class Double(float):
    """A number with fractions that is written with all its digits, as Python writes them."""

    __slots__ = ()


def double(value: str | float) -> Double | None:
    """Return a number with fractions; JSON has none that is not finite."""
    number = Double(value)
    return number if isfinite(number) else None


def body_of(rows: Sequence[object]) -> bytes:
    """Return rows as a JSON array."""
    return orjson.dumps(rows, default=_written)


def _written(value: object) -> object:
    if not isinstance(value, Double):
        raise TypeError(type(value).__name__)
    return orjson.Fragment(float.__repr__(value).encode())


XML: Mapping[FieldType, Reader] = {
    FieldType.TEXT: str,
    FieldType.ENUM: str,
    FieldType.LONG: int,
    FieldType.INTEGER: int,
    FieldType.DOUBLE: double,
    FieldType.FLAG: lambda text: text in ("true", "1"),
    FieldType.DATE: wire_date,
}
"""From the texts of XML."""

JSON: Mapping[FieldType, Reader] = {
    FieldType.TEXT: str,
    FieldType.ENUM: str,
    FieldType.LONG: int,
    FieldType.INTEGER: int,
    FieldType.DOUBLE: double,
    FieldType.FLAG: bool,
    FieldType.DATE: wire_date,
}
"""From the values of JSON, none of which is null."""
