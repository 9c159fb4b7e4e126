"""Dates between the wire and ``datetime``."""
# ruff: noqa: DTZ001, DTZ901 the program's moments are naive and in UTC

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis.strategies import datetimes

from datagateway_api.core import dates


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2003-12-31", datetime(2003, 12, 31)),
        (" 2003-12-31 ", datetime(2003, 12, 31)),
        ("2003-12-31 23:59", datetime(2003, 12, 31, 23, 59)),
        ("2003-12-31 23:59:58", datetime(2003, 12, 31, 23, 59, 58)),
        ("2003-12-31T23:59:58", datetime(2003, 12, 31, 23, 59, 58)),
        ("2003-12-31T23:59:58Z", datetime(2003, 12, 31, 23, 59, 58)),
        ("2003-12-31 23:59:58+00:00", datetime(2003, 12, 31, 23, 59, 58)),
        ("2003-12-31 23:59:58 +00:00", datetime(2003, 12, 31, 23, 59, 58)),
        ("2003-12-31 23:59:58+02:00", datetime(2003, 12, 31, 21, 59, 58)),
        ("2003-12-31T23:59:58-0130", datetime(2004, 1, 1, 1, 29, 58)),
        ("2003-12-31 23:59:58.5", datetime(2003, 12, 31, 23, 59, 58, 500000)),
        ("2003-12-31 23:59:58.123456", datetime(2003, 12, 31, 23, 59, 58, 123456)),
        ("2003-12-31T23:59:58.123Z", datetime(2003, 12, 31, 23, 59, 58, 123000)),
        ("2004-02-29", datetime(2004, 2, 29)),
        ("0001-01-01", datetime(1, 1, 1)),
        ("9999-12-31 23:59:59.999999", datetime.max),
    ],
)
def test_a_date_is_read_as_utc(text, moment):
    assert dates.parse(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "today",
        "2003",
        "2003-12",
        "20031231",
        "2003-W01-1",
        "2003-1-1",
        "2003-13-01",
        "2003-02-29",
        "2003-02-30",
        "2003-12-31x23:59:58",
        "2003-12-31 24:01",
        "2003-12-31 23:60",
        "2003-12-31 23:59:58+25:00",
        "2003-12-31 23:59:58 CET",
        "31/12/2003",
        "0000-01-01",
        "10000-01-01",
        "0001-01-01 00:00:00+01:00",
        "9999-12-31 23:59:59-01:00",
        "2003-12-31; DROP TABLE x",
    ],
)
def test_what_is_no_date_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011 the message is the caller's
        dates.parse(text)


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2003, 12, 31), "2003-12-31 00:00:00+00:00"),
        (datetime(2003, 12, 31, 23, 59, 58), "2003-12-31 23:59:58+00:00"),
        (datetime(2003, 12, 31, 23, 59, 58, 500000), "2003-12-31 23:59:58.500000+00:00"),
        (datetime(2003, 12, 31, 0, 0, 0, 1), "2003-12-31 00:00:00.000001+00:00"),
        (datetime(1, 2, 3), "0001-02-03 00:00:00+00:00"),
    ],
)
def test_a_date_is_written_with_its_zone(moment, text):
    assert dates.wire(moment) == text


@given(datetimes())
def test_what_was_written_is_read_back(moment):
    assert dates.parse(dates.wire(moment)) == moment


def test_now_is_utc_without_a_zone():
    now = dates.now()
    assert now.tzinfo is None
    assert abs(now.replace(tzinfo=UTC) - datetime.now(UTC)) < timedelta(seconds=5)
