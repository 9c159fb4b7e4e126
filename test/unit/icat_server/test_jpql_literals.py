"""Literals as values of what they are compared with."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from datagateway_api.core.entities import FieldType
from util.icat_server.errors import IcatError, Kind
from util.icat_server.jpql.literals import Constant, convert, local_time

BERLIN = ZoneInfo("Europe/Berlin")
TEXT, LONG, DOUBLE, FLAG, DATE, ENUM = (
    FieldType.TEXT, FieldType.LONG, FieldType.DOUBLE, FieldType.FLAG, FieldType.DATE,
    FieldType.ENUM,
)  # fmt: skip

CONVERTED: list[tuple[Constant, FieldType, Constant]] = [
    (5, TEXT, "5"),
    (1.5, TEXT, "1.5"),
    (1e300, TEXT, "1E300"),
    (True, TEXT, "true"),
    ("5", LONG, 5),
    ("-5", LONG, -5),
    (1.9, LONG, 1),
    ("1.5", DOUBLE, 1.5),
    (" 1e3 ", DOUBLE, 1000.0),
    (2, DOUBLE, 2.0),
    ("TRUE", FLAG, True),
    ("t", FLAG, True),
    ("1", FLAG, True),
    ("F", FLAG, False),
    (0, FLAG, False),
    (7, FLAG, True),
]


@pytest.mark.parametrize(("value", "type_", "expected"), CONVERTED)
def test_a_literal_becomes_of_another_type(
    value: Constant, type_: FieldType, expected: Constant
) -> None:
    given = convert(value, type_, BERLIN)
    assert (given, type(given)) == (expected, type(expected))


REFUSED: list[tuple[Constant, FieldType]] = [
    ("abc", LONG),
    ("1.0", LONG),
    (" 1", LONG),
    ("", LONG),
    ("9223372036854775808", LONG),
    (1e30, LONG),
    (True, LONG),
    ("abc", DOUBLE),
    ("nan", DOUBLE),
    ("1e999", DOUBLE),
    (True, DOUBLE),
    ("yes", FLAG),
    ("", FLAG),
    (5, DATE),
    (True, DATE),
    ("NUMERIC", ENUM),
    (1, ENUM),
]


@pytest.mark.parametrize(("value", "type_"), REFUSED)
def test_a_literal_that_cannot_is_refused(value: Constant, type_: FieldType) -> None:
    with pytest.raises(IcatError) as caught:
        convert(value, type_, BERLIN)
    assert caught.value.kind == Kind.INTERNAL


TIMES = [
    ("2012-01-01", (2011, 12, 31, 23)),
    ("2010/7/1", (2010, 6, 30, 22)),
    ("2012-01-01 12:30:15", (2012, 1, 1, 11, 30, 15)),
    ("2012-01-01 12:30:15.5", (2012, 1, 1, 11, 30, 15, 500_000)),
    # What follows the seconds is a fraction, so the offset does nothing.
    ("2012-01-01 12:30:15+00:00", (2012, 1, 1, 11, 30, 15)),
    ("2000 01 01 12:00:00 00:00", (2000, 1, 1, 11)),
    # Without seconds the whole time of the day is missing.
    ("2012-01-01 12:30", (2011, 12, 31, 23)),
    # Too large numbers run over.
    ("2012-13-32", (2013, 1, 31, 23)),
    ("2012-01-01 24:00:00", (2012, 1, 1, 23)),
]


@pytest.mark.parametrize(("text", "expected"), TIMES)
def test_a_text_is_a_time_of_the_servers_zone(text: str, expected: tuple[int, ...]) -> None:
    assert local_time(text, BERLIN) == datetime(*expected)  # type: ignore[arg-type]  # noqa: DTZ001


@pytest.mark.parametrize(
    "text",
    ["", "YYYY", "2012", "2012-01", "2012 01 01", "2012-01-01T00:00:00", "2012-01-01 00:00:00Z",
     "0000-01-01", "99999-01-01", "2012-99999999999-01", "a-b-c"],
)  # fmt: skip
def test_a_text_that_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(IcatError) as caught:
        local_time(text, BERLIN)
    assert caught.value.kind == Kind.INTERNAL
