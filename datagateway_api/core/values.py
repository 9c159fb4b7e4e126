"""From JSON values, or texts that look like them, to values of a field's type."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from math import isfinite
from typing import TypeAlias

from datagateway_api.core import dates
from datagateway_api.core.entities import Field, FieldType

Scalar: TypeAlias = str | int | float | bool | datetime

_WHOLE = re.compile(r"\s*[+-]?[0-9]{1,30}\s*\Z")
_DECIMAL = re.compile(
    r"\s*[+-]?([0-9]{1,400}\.?[0-9]{0,400}|\.[0-9]{1,400})([eE][+-]?[0-9]{1,4})?\s*\Z"
)
_FLAGS: Mapping[object, bool] = {"true": True, "false": False, "1": True, "0": False}


def convert(field: Field, raw: object) -> Scalar:
    """Convert a value to a field's type; an enum's is one of its names, a date naive UTC.

    Raises ValueError with what the value must be, such as ``a whole number``.
    """
    try:
        return _CONVERTERS[field.type](field, raw)
    except ValueError as error:
        raise ValueError(str(error) or _WANTED[field.type]) from error


def text_of(raw: object) -> str:
    """Return a text, or a number as text. Raises ValueError for anything else and for NUL."""
    if isinstance(raw, bool) or not isinstance(raw, (str, int, float)):
        raise ValueError(_WANTED[FieldType.TEXT])
    text = str(raw)
    if "\0" in text:
        raise ValueError("a text without the NUL character, which no catalogue holds")
    return text


def flag(raw: object) -> bool:
    """Return true or false from a flag, its name, 1 or 0. Raises ValueError otherwise."""
    if isinstance(raw, bool):
        return raw
    found = _FLAGS.get(str(raw).lower()) if isinstance(raw, (str, int)) else None
    if found is None:
        raise ValueError
    return found


def _whole(field: Field, raw: object) -> int:
    bits = 63 if field.type is FieldType.LONG else 31
    if isinstance(raw, str) and _WHOLE.match(raw):
        raw = int(raw)
    if isinstance(raw, float) and raw.is_integer():
        # A whole number beyond 64 bits came as a float, which may have been rounded to -2^63.
        raw = int(raw) if raw != -(2.0**63) else -(2**64)
    if isinstance(raw, bool) or not isinstance(raw, int):
        raise ValueError
    if not -(2**bits) <= raw < 2**bits:
        raise ValueError(f"a whole number of at most {bits} bits")
    return raw


def _double(field: Field, raw: object) -> float:
    if isinstance(raw, str) and _DECIMAL.match(raw):
        raw = float(raw)
    if isinstance(raw, bool) or not isinstance(raw, (int, float)) or not isfinite(raw):
        raise ValueError
    return float(raw)


def _date(field: Field, raw: object) -> datetime:
    if not isinstance(raw, str):
        raise ValueError
    try:
        return dates.parse(raw)
    except ValueError as error:
        raise ValueError from error


def _choice(field: Field, raw: object) -> str:
    wanted = raw.upper() if isinstance(raw, str) else None
    if wanted not in field.choices:
        raise ValueError("one of " + ", ".join(field.choices))
    return wanted


_CONVERTERS: Mapping[FieldType, Callable[[Field, object], Scalar]] = {
    FieldType.TEXT: lambda _, raw: text_of(raw),
    FieldType.LONG: _whole,
    FieldType.INTEGER: _whole,
    FieldType.DOUBLE: _double,
    FieldType.FLAG: lambda _, raw: flag(raw),
    FieldType.DATE: _date,
    FieldType.ENUM: _choice,
    # What is given for a list is one of its items.
    FieldType.LIST: lambda _, raw: text_of(raw),
}
_WANTED: Mapping[FieldType, str] = {
    FieldType.TEXT: "a text",
    FieldType.LONG: "a whole number",
    FieldType.INTEGER: "a whole number",
    FieldType.DOUBLE: "a number",
    FieldType.FLAG: "true or false",
    FieldType.DATE: "a date such as 2003-12-31 or 2003-12-31 23:59:59 or 2003-12-31T23:59:59Z",
    FieldType.ENUM: "one of the field's names",
    FieldType.LIST: "a text",
}
