"""How a row becomes JSON text."""
# ruff: noqa: DTZ001 the program's moments are naive and in UTC

import json
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis.strategies import floats, text
from sqlalchemy import Column, Double, Integer, MetaData, String, Table

from datagateway_api.backends.database.row_text import compose, encoder_for
from datagateway_api.core.entities import Field, FieldType
from datagateway_api.sql.dialects import Dialect, Sqlite

TABLE = Table("t", MetaData(), Column("id", Integer), Column("x", Double), Column("s", String(9)))


def field(type_: FieldType, *choices: str) -> Field:
    return Field("f", type_, "F", nullable=True, choices=choices)


ID, NUMBER, TEXT = field(FieldType.LONG), field(FieldType.DOUBLE), field(FieldType.TEXT)
PARTS = ('{"id":', (ID, TABLE.c.id), ',"x":', (NUMBER, TABLE.c.x), ',"s":', (TEXT, TABLE.c.s), "}")


def test_python_writes_what_the_database_does_not():
    found = compose(Dialect(), PARTS)
    assert len(found.columns) == 4
    assert found.renderer()((1, 1.5, 'a"', "}", "more")) == '{"id":1,"x":1.5,"s":"a\\""}'
    assert found.renderer()((1, None, None, "}")) == '{"id":1,"x":null,"s":null}'


def test_the_database_writes_neighbours_as_one_column():
    found = compose(Sqlite(), PARTS)
    assert len(found.columns) == 3
    assert [encoder is None for encoder in found.encoders] == [True, False, True]
    assert found.renderer()(('{"id":1', 1.5, ',"s":"a"}')) == '{"id":1,"x":1.5,"s":"a"}'


def test_a_row_that_the_database_writes_whole_is_taken_as_it_is():
    found = compose(Sqlite(), ('{"id":', (ID, TABLE.c.id), "}"))
    assert len(found.columns) == 1
    assert found.renderer()(('{"id":1}', "more")) == '{"id":1}'


def test_a_field_without_a_text_before_it_stands_alone():
    found = compose(Sqlite(), ((ID, TABLE.c.id),))
    assert found.renderer()((5,)) == "5"


@pytest.mark.parametrize(
    ("type_", "value", "written"),
    [
        (FieldType.TEXT, "a", '"a"'),
        (FieldType.TEXT, 'q"\\\n\u0001é', '"q\\"\\\\\\n\\u0001é"'),
        (FieldType.LONG, 5, "5"),
        (FieldType.LONG, Decimal(5), "5"),
        (FieldType.LONG, 2**62, str(2**62)),
        (FieldType.INTEGER, 0, "0"),
        (FieldType.DOUBLE, 1, "1.0"),
        (FieldType.DOUBLE, 0.1, "0.1"),
        (FieldType.DOUBLE, 1e300, "1e+300"),
        (FieldType.DOUBLE, float("nan"), "null"),
        (FieldType.DOUBLE, float("-inf"), "null"),
        (FieldType.FLAG, True, "true"),
        (FieldType.FLAG, 0, "false"),
        (FieldType.DATE, datetime(2020, 1, 1), '"2020-01-01 00:00:00+00:00"'),
        (FieldType.DATE, "2020-01-01 00:00:00.500000", '"2020-01-01 00:00:00.500000+00:00"'),
        (FieldType.ENUM, 1, '"OLD"'),
        (FieldType.ENUM, 7, "null"),
    ],
)
def test_a_value_is_written_as_json(type_, value, written):
    assert encoder_for(field(type_, "NEW", "OLD"))(value) == written


@pytest.mark.parametrize("type_", [each for each in FieldType if each is not FieldType.LIST])
def test_a_null_is_written_as_null(type_):
    assert encoder_for(field(type_, "NEW"))(None) == "null"


@given(text())
def test_any_text_is_read_back(value):
    if value.encode("utf-8", "surrogatepass").decode("utf-8", "replace") == value:
        assert json.loads(encoder_for(TEXT)(value)) == value


@given(floats(allow_nan=False, allow_infinity=False))
def test_any_double_is_read_back(value):
    assert json.loads(encoder_for(NUMBER)(value)) == value
