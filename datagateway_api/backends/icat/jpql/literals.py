"""Values as they stand in ICAT's query language: the one place where anything is quoted."""

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo

from datagateway_api.core.entities import Field, FieldType
from datagateway_api.core.values import Scalar

ENUM_PACKAGE = "org.icatproject"
LEAST = -(2**63)


def quoted(text: str) -> str:
    """Return a text between apostrophes; only an apostrophe means anything inside."""
    return "'" + text.replace("'", "''") + "'"


def moment(value: datetime, zone: tzinfo) -> str:
    """Return a naive UTC date as ICAT reads it: in the time zone of its server.

    The form ``{ts …}`` has no fractions of seconds, the text that ICAT converts has.
    """
    try:
        local = value.replace(tzinfo=UTC).astimezone(zone)
    except OverflowError:
        local = value
    text = local.replace(tzinfo=None, microsecond=0).isoformat(" ")
    return f"'{text}.{value.microsecond:06}'" if value.microsecond else f"{{ts {text}}}"


def enum_name(field: Field, name: str) -> str:
    """Return one of an enum's names as a literal."""
    return f"{ENUM_PACKAGE}.{field.enum}.{name}"


def literal(field: Field, value: Scalar, zone: tzinfo) -> str:
    """Return a value of a field's type.

    A double is written as a text, which ICAT converts: its own numbers know no ``1e-05``. So is
    the least of the whole numbers, whose digits without the sign are none.
    """
    if isinstance(value, datetime):
        return moment(value, zone)
    if isinstance(value, bool):
        return _FLAGS[value]
    if field.type is FieldType.ENUM:
        return enum_name(field, str(value))
    return str(value) if isinstance(value, int) and value != LEAST else quoted(str(value))


_FLAGS: Mapping[bool, str] = {True: "TRUE", False: "FALSE"}
