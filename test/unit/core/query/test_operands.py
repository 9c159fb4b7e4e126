"""From operands to values of a field's type."""
# ruff: noqa: DTZ001 the program's moments are naive and in UTC

from contextlib import suppress
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis.strategies import characters, text

from datagateway_api.core import icat_schema
from datagateway_api.core.errors import BadFilter
from datagateway_api.core.query.names import Names
from datagateway_api.core.query.operands import LONGEST_LIST, Operands, expression
from datagateway_api.core.query.operators import BY_NAME

SCHEMA = icat_schema.load()
NAMES = Names(SCHEMA, max_depth=10)
TEXT = ("Investigation", "name")
LONG = ("Datafile", "fileSize")
INTEGER = ("FundingReference", "id")
DOUBLE = ("DatasetParameter", "numericValue")
FLAG = ("Dataset", "complete")
DATE = ("Investigation", "startDate")
ENUM = ("Study", "status")


def convert(field, operator, raw, *, undoubles: bool = True):
    entity, name = field
    path = NAMES.path(SCHEMA.entities[entity], name)
    return Operands(undoubles=undoubles).convert(path, BY_NAME[operator], raw)


@pytest.mark.parametrize(
    ("field", "raw", "value"),
    [
        (TEXT, "a", "a"),
        (TEXT, "", ""),
        (TEXT, 5, "5"),
        (TEXT, 1.5, "1.5"),
        (TEXT, "2003-12-31", "2003-12-31"),
        (TEXT, "o.name", "o.name"),
        (TEXT, "UPPER(x)", "UPPER(x)"),
        (TEXT, "children''s", "children's"),
        (TEXT, "''''", "''"),
        (TEXT, "it's", "it's"),
        (TEXT, "back\\slash", "back\\slash"),
        (TEXT, "中文 \U0001f600", "中文 \U0001f600"),
        (LONG, 5, 5),
        (LONG, "5", 5),
        (LONG, " +5 ", 5),
        (LONG, 5.0, 5),
        (LONG, -(2**63), -(2**63)),
        (LONG, "9223372036854775807", 2**63 - 1),
        (INTEGER, "0", 0),
        (DOUBLE, 1, 1.0),
        (DOUBLE, "1.5", 1.5),
        (DOUBLE, "-.5e3", -500.0),
        (DOUBLE, "1e-300", 1e-300),
        (FLAG, True, True),
        (FLAG, "true", True),
        (FLAG, "FALSE", False),
        (FLAG, 1, True),
        (FLAG, "0", False),
        (DATE, "2003-12-31", datetime(2003, 12, 31)),
        (DATE, "2003-12-31T23:59:59.5Z", datetime(2003, 12, 31, 23, 59, 59, 500000)),
        (ENUM, "NEW", "NEW"),
        (ENUM, "in_progress", "IN_PROGRESS"),
    ],
)
def test_an_operand_becomes_a_value_of_the_field_s_type(field, raw, value):
    found = convert(field, "eq", raw)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("field", "raw", "message"),
    [
        (TEXT, True, "name must be a text, got true"),
        (TEXT, ["a"], 'name must be a text, got ["a"]'),
        (TEXT, {"a": 1}, 'name must be a text, got {"a":1}'),
        (TEXT, "a\0b", "NUL"),
        (LONG, "five", 'fileSize must be a whole number, got "five"'),
        (LONG, 1.5, "fileSize must be a whole number, got 1.5"),
        (LONG, True, "fileSize must be a whole number, got true"),
        (LONG, "1 OR 1=1", "fileSize must be a whole number"),
        (LONG, "٣", "fileSize must be a whole number"),
        (LONG, 2**63, "fileSize must be a whole number of at most 63 bits"),
        (LONG, -(2**63) - 1, "fileSize must be a whole number of at most 63 bits"),
        (LONG, "9" * 30, "fileSize must be a whole number of at most 63 bits"),
        (LONG, "9" * 5000, "fileSize must be a whole number"),
        (LONG, 1e300, "fileSize must be a whole number of at most 63 bits"),
        (LONG, "", "fileSize must be a whole number"),
        (DOUBLE, "warm", 'numericValue must be a number, got "warm"'),
        (DOUBLE, "nan", "numericValue must be a number"),
        (DOUBLE, "Infinity", "numericValue must be a number"),
        (DOUBLE, "1e999", "numericValue must be a number"),
        (DOUBLE, False, "numericValue must be a number, got false"),
        (DOUBLE, ".", "numericValue must be a number"),
        (FLAG, "yes", 'complete must be true or false, got "yes"'),
        (FLAG, 2, "complete must be true or false, got 2"),
        (FLAG, 1.0, "complete must be true or false, got 1.0"),
        (DATE, "yesterday", "startDate must be a date such as 2003-12-31 or 2003-12-31 23:59:59"),
        (DATE, 20031231, "startDate must be a date such as"),
        (DATE, "2003-02-30", 'got "2003-02-30"'),
        (ENUM, "DONE", "status must be one of NEW, IN_PROGRESS, COMPLETE, CANCELLED"),
        (ENUM, 1, "status must be one of NEW"),
        (ENUM, "", "status must be one of NEW"),
    ],
)
def test_what_cannot_be_converted_is_refused_with_field_type_and_value(field, raw, message):
    with pytest.raises(BadFilter) as caught:
        convert(field, "eq", raw)
    assert message in caught.value.message
    assert len(caught.value.message) < 250


def test_doubled_apostrophes_are_kept_where_the_setting_says_so():
    assert convert(TEXT, "eq", "children''s", undoubles=False) == "children''s"
    assert convert(TEXT, "like", "children''s", undoubles=False) == "children''s"


@pytest.mark.parametrize("operator", ["in", "nin", "inq"])
def test_a_list_is_converted_item_by_item(operator):
    assert convert(LONG, operator, [1, "2", 3.0]) == (1, 2, 3)
    assert convert(TEXT, operator, ["a''b"]) == ("a'b",)
    assert convert(LONG, operator, []) == ()


def test_a_pair_is_converted_item_by_item():
    pair = convert(DATE, "between", ["2000-01-01", "2001-01-01 12:00"])
    assert pair == (datetime(2000, 1, 1), datetime(2001, 1, 1, 12))


@pytest.mark.parametrize(
    ("field", "operator", "raw", "message"),
    [
        (LONG, "in", 1, "in on fileSize must be given a list such as"),
        (LONG, "in", "1,2", "in on fileSize must be given a list such as"),
        (LONG, "in", None, "in on fileSize must be given a list such as"),
        (LONG, "nin", [None], "fileSize must be a whole number, got null"),
        (LONG, "in", ["a"], 'fileSize must be a whole number, got "a"'),
        (LONG, "in", [[1]], "fileSize must be a whole number, got [1]"),
        (LONG, "in", [1] * (LONGEST_LIST + 1), f"at most {LONGEST_LIST} values"),
        (DATE, "between", ["2000-01-01"], "exactly two values such as"),
        (DATE, "between", ["2000-01-01"] * 3, "got 3"),
        (DATE, "between", "2000-01-01", "between on startDate must be given a list such as"),
        (DATE, "between", ["2000-01-01", None], "startDate must be a date"),
        (DATE, "isnull", "maybe", "isnull on startDate must be given true or false"),
        (DATE, "isnull", None, "isnull on startDate must be given true or false, got null"),
        (DATE, "isnull", [], "isnull on startDate must be given true or false"),
        (TEXT, "like", None, "like on name must be given a text, got null"),
        (TEXT, "ilike", ["a"], "ilike on name must be given a text"),
        (TEXT, "like", {"a": 1}, "like on name must be given a text"),
        (TEXT, "like", "a\0", "NUL"),
        (TEXT, "lt", None, "name must be a text, got null"),
        (TEXT, "regexp", "(", "regexp on name"),
        (TEXT, "regexp", "a(?=b)", "RE2 syntax"),
        (TEXT, "regexp", r"(a)\1", "RE2 syntax"),
        (TEXT, "regexp", "((a{1,100}){1,100}){1,100}", "RE2 syntax"),
    ],
)
def test_an_operand_of_the_wrong_kind_is_refused(field, operator, raw, message):
    with pytest.raises(BadFilter) as caught:
        convert(field, operator, raw)
    assert message in caught.value.message
    assert len(caught.value.message) < 300


@pytest.mark.parametrize(
    ("field", "operator", "raw", "pattern"),
    [
        (TEXT, "like", "spin%", "spin%"),
        (TEXT, "ilike", "it''s", "it's"),
        (TEXT, "nlike", 5, "5"),
        (LONG, "like", 5, "5"),
        (DOUBLE, "like", 1.5, "1.5"),
        (FLAG, "like", True, "true"),
        (DATE, "like", "2003-12", "2003-12"),
        (ENUM, "nilike", "prog", "prog"),
        (TEXT, "regexp", "^a.*b$", "^a.*b$"),
    ],
)
def test_a_pattern_stays_text_whatever_the_field(field, operator, raw, pattern):
    assert convert(field, operator, raw) == pattern


@pytest.mark.parametrize(("raw", "flag"), [(True, True), ("false", False), (1, True), ("0", False)])
def test_isnull_takes_a_flag_whatever_the_field(raw, flag):
    assert convert(DATE, "isnull", raw) is flag


@given(text(characters(exclude_characters="\0'")))
def test_any_text_without_apostrophes_stays_as_it_is(raw):
    assert convert(TEXT, "eq", raw) == raw


@given(text())
def test_any_pattern_is_an_expression_or_refused(raw):
    with suppress(ValueError, UnicodeEncodeError):
        expression(raw).search("INVESTIGATION 1")
