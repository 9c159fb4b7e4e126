"""Moments of modification."""

from datetime import timedelta

import pytest
from sqlalchemy import DateTime
from sqlalchemy.dialects import mysql

from datagateway_api.backends.database.moments import moment_after
from datagateway_api.core import dates

NOW = dates.parse("2024-05-06 07:08:09.123456")
COLUMNS = (
    (DateTime(), 1),
    (mysql.DATETIME(fsp=6), 1),
    (mysql.DATETIME(fsp=3), 1000),
    (mysql.DATETIME(), 1_000_000),
)


@pytest.fixture(autouse=True)
def still_clock(monkeypatch):
    monkeypatch.setattr(dates, "now", lambda: NOW)


@pytest.mark.parametrize(("column", "tick"), COLUMNS)
def test_the_present_is_told_as_the_column_holds_it(column, tick):
    wanted = NOW - timedelta(microseconds=NOW.microsecond % tick)
    for last in (None, NOW - timedelta(days=1), wanted - timedelta(microseconds=tick)):
        assert moment_after(last, column) == wanted


@pytest.mark.parametrize(("column", "tick"), COLUMNS)
def test_while_the_clock_stands_still_moments_count_up(column, tick):
    first = moment_after(None, column)
    second = moment_after(first, column)
    third = moment_after(second, column)
    assert third - second == second - first == timedelta(microseconds=tick)


@pytest.mark.parametrize(
    "last", [dates.parse("9999-12-31T23:59:59.999999"), NOW + timedelta(days=1)]
)
def test_a_moment_from_a_wrong_clock_is_not_followed(last):
    assert moment_after(last, DateTime()) == NOW
