"""Literals as values of the type they are compared with, by EclipseLink's conversions."""

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, tzinfo

from datagateway_api.core.entities import FieldType
from util.icat_server.errors import IcatError, Kind
from util.icat_server.jpql.tokens import LARGEST_LONG

Constant = str | int | float | bool
_WHOLE = re.compile(r"[+-]?[0-9]{1,40}")
_NUMBER = re.compile(r"[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?")
_FLAGS = {"true": True, "t": True, "1": True, "false": False, "f": False, "0": False}
_SEPARATORS = re.compile(r"[ /:.+-]+")


def convert(value: Constant, type_: FieldType, zone: tzinfo) -> Constant | datetime:
    """Return a literal as a value of a type. Raises IcatError (INTERNAL) where it is none."""
    return _CONVERSIONS[type_](value, zone)


def local_time(text: str, zone: tzinfo) -> datetime:
    """Read a time of the server's zone as EclipseLink does; return naive UTC.

    Numbers for year, month, day, hour, minute, second and fraction stand between any separators;
    too large ones run over. What follows the fraction is ignored, an offset too.
    """
    parts = [part for part in _SEPARATORS.split(text) if part]
    if not any(mark in text for mark in "-/.:"):
        raise _refused(text, "Timestamp")
    if len(parts) < 3 or not all(re.fullmatch(r"[0-9]{1,9}", part) for part in parts[:7]):
        raise _refused(text, "Timestamp")
    year, month, day = (int(part) for part in parts[:3])
    clock = [int(part) for part in parts[3:6]] if len(parts) > 5 else [0, 0, 0]
    fraction = float("0." + parts[6]) if len(parts) > 6 else 0.0
    try:
        start = datetime(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)  # noqa: DTZ001
        span = timedelta(days=day - 1, hours=clock[0], minutes=clock[1], seconds=clock[2])
        local = start + span + timedelta(microseconds=int(fraction * 1_000_000))
        return local.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError) as error:
        raise _refused(text, "Timestamp") from error


def java_double(value: float) -> str:
    """Write a number as Java does."""
    return repr(value).replace("e", "E").replace("E+", "E")


def _refused(value: object, class_: str) -> IcatError:
    return IcatError(
        Kind.INTERNAL,
        f"\nException Description: The object [{value}] could not be converted to [{class_}].",
    )


def _text(value: Constant, zone: tzinfo) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return java_double(value) if isinstance(value, float) else str(value)


def _long(value: Constant, zone: tzinfo) -> int:
    if isinstance(value, bool) or (isinstance(value, str) and not _WHOLE.fullmatch(value)):
        raise _refused(value, "Long")
    if isinstance(value, float) and not math.isfinite(value):
        raise _refused(value, "Long")
    number = int(value)
    if not -LARGEST_LONG - 1 <= number <= LARGEST_LONG:
        raise _refused(value, "Long")
    return number


def _double(value: Constant, zone: tzinfo) -> float:
    if isinstance(value, bool) or (isinstance(value, str) and not _NUMBER.fullmatch(value.strip())):
        raise _refused(value, "Double")
    number = float(value)
    if not math.isfinite(number):
        raise _refused(value, "Double")
    return number


def _flag(value: Constant, zone: tzinfo) -> bool:
    if not isinstance(value, str):
        return bool(value)
    if value.lower() not in _FLAGS:
        raise _refused(value, "Boolean")
    return _FLAGS[value.lower()]


def _date(value: Constant, zone: tzinfo) -> datetime:
    if not isinstance(value, str):
        raise _refused(value, "Timestamp")
    return local_time(value, zone)


def _enum(value: Constant, zone: tzinfo) -> Constant:
    raise IcatError(
        Kind.INTERNAL,
        "\nException Description: Query failed to prepare, unexpected error occurred:"
        " [java.lang.ClassCastException: the value cannot be cast to class java.lang.Enum].",
    )


_CONVERSIONS: Mapping[FieldType, Callable[[Constant, tzinfo], Constant | datetime]] = {
    FieldType.TEXT: _text,
    FieldType.LONG: _long,
    FieldType.INTEGER: _long,
    FieldType.DOUBLE: _double,
    FieldType.FLAG: _flag,
    FieldType.DATE: _date,
    FieldType.ENUM: _enum,
}
