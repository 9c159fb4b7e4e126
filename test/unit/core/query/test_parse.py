"""From a query string to what was asked."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis.strategies import binary, text

from datagateway_api.core.errors import BadFilter
from datagateway_api.core.query.model import Asked
from datagateway_api.core.query.parse import (
    BY_ID,
    COUNT,
    LIST,
    MOST_PARAMETERS,
    PARAMETERS,
    parse,
    shown,
)
from test.support.queries import query_string


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        (b"", Asked()),
        (b"limit=25", Asked(limit=25)),
        (b"limit=%2225%22", Asked(limit=25)),
        (b"limit=0", Asked(limit=0)),
        (b"limit=1&limit=2", Asked(limit=2)),
        (b"LIMIT=1&Skip=2", Asked(limit=1, skip=2)),
        (b"limit=9223372036854775807", Asked(limit=2**63 - 1)),
        (b"where=%7B%22id%22%3A1%7D", Asked(where=({"id": 1},))),
        (b'where={"id":1}&where={"id":2}', Asked(where=({"id": 1}, {"id": 2}))),
        (b'where={"name":{"eq":"a+b"}}', Asked(where=({"name": {"eq": "a b"}},))),
        (b'where={"name":{"eq":"a%2Bb%26c"}}', Asked(where=({"name": {"eq": "a+b&c"}},))),
        (b'where={"name":"1999-01-01"}', Asked(where=({"name": "1999-01-01"},))),
        ('where={"name":"é"}'.encode(), Asked(where=({"name": "é"},))),
        (b'order="name desc"', Asked(order=("name desc",))),
        (b"order=name desc", Asked(order=("name desc",))),
        (b"order=name+desc", Asked(order=("name desc",))),
        (b"order=name asc, id desc", Asked(order=("name asc", "id desc"))),
        (b'order=["name","id desc"]&order=title', Asked(order=("name", "id desc", "title"))),
        (b"order=[]", Asked()),
        (b"order=type.name", Asked(order=("type.name",))),
        (b"include=type", Asked(include=(["type"],))),
        (b"include=type,datasets.datafiles", Asked(include=(["type", "datasets.datafiles"],))),
        (b'include="type"', Asked(include=("type",))),
        (b'include={"datasets":"type"}', Asked(include=({"datasets": "type"},))),
        (b'include="type"&include=["a"]', Asked(include=("type", ["a"]))),
        (b"distinct=name", Asked(distinct=("name",))),
        (b'distinct=["type.name","id"]', Asked(distinct=("type.name", "id"))),
        (b"distinct=name&distinct=title", Asked(distinct=("name", "title"))),
        (b"fields=name,title", Asked(fields=("name", "title"))),
        (b"fields=name&fields=title", Asked(fields=("name", "title"))),
        (b"fields=[]", Asked(fields=())),
        (b"total=true", Asked(total=True)),
        (b'total="TRUE"', Asked(total=True)),
        (b"total=false", Asked()),
        (b"group_by=type.id", Asked(group_by=("type.id",))),
        (b'GROUP_BY=["type.id","facility.id"]', Asked(group_by=("type.id", "facility.id"))),
        (b"skip=5&limit=3&order=id", Asked(limit=3, skip=5, order=("id",))),
        ("order=größe".encode(), Asked(order=("größe",))),
    ],
)
def test_a_query_string_is_read(query, asked):
    assert parse(query, COUNT) == asked


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (b"page=1", 'unknown query parameter "page"; known here are: where, order, limit'),
        (b"where", "where must be JSON such as"),
        (b"where=", "where must be JSON such as"),
        (b"where={", "at character"),
        (b"where={'id':1}", "at character"),
        (b"where=name", "where must be JSON such as"),
        (b"where=NaN", "where must be JSON such as"),
        (b"limit=-1", "limit must be a whole number >= 0, got -1"),
        (b"limit=1.5", "limit must be a whole number >= 0, got 1.5"),
        (b"limit=true", "limit must be a whole number >= 0, got true"),
        (b"limit=null", "limit must be a whole number >= 0, got null"),
        (b"limit=[1]", "limit must be a whole number >= 0, got [1]"),
        (b'limit="a"', 'limit must be a whole number >= 0, got "a"'),
        ('limit="²"'.encode(), "limit must be a whole number >= 0"),
        ('limit="٣"'.encode(), "limit must be a whole number >= 0"),
        (b"limit=9223372036854775808", "limit must be a whole number >= 0"),
        (b"limit=-1&limit=5", "limit must be a whole number >= 0, got -1"),
        (b"skip=-1", "skip must be a whole number >= 0, got -1"),
        (b"skip=ten", 'skip must be JSON such as 50, got "ten"'),
        (b"order=1", "order must be a text or a list of texts"),
        (b"order=null", "order must be a text or a list of texts"),
        (b"order=[1]", "order must be a text or a list of texts"),
        (b"order={}", "order must be a text or a list of texts"),
        (b"order=name;drop", "order must be JSON such as"),
        (b"order=a b c", "order must be JSON such as"),
        (b"distinct=[]", "distinct needs at least one name"),
        (b'distinct=[]&distinct="name"', None),
        (b"distinct=3&distinct=name", "distinct must be a text or a list of texts"),
        (b"fields=name,", "fields must be JSON such as"),
        (b"include=a b;", "include must be JSON such as"),
        (b"total=1", "total must be true or false, got 1"),
        (b"total=yes", 'total must be JSON such as true, got "yes"'),
        (b'total="yes"', 'total must be true or false, got "yes"'),
        (b"where=%FF", "the query string is not UTF-8"),
        (b"where=\xff", "the query string is not UTF-8"),
        (b"&".join([b"limit=1"] * (MOST_PARAMETERS + 1)), "at most 500 query parameters"),
    ],
)
def test_a_malformed_query_string_is_refused_by_its_parameter(query, message):
    if message is None:
        parse(query, COUNT)
        return
    with pytest.raises(BadFilter) as caught:
        parse(query, COUNT)
    assert message in caught.value.message


@pytest.mark.parametrize(
    ("known", "query"),
    [(LIST, b"group_by=id"), (BY_ID, b"limit=1"), (BY_ID, b"where={}"), (BY_ID, b"distinct=id")],
)
def test_a_parameter_is_unknown_where_it_means_nothing(known, query):
    with pytest.raises(BadFilter, match="unknown query parameter"):
        parse(query, known)


@pytest.mark.parametrize("parameter", PARAMETERS.values(), ids=lambda row: row.name)
def test_the_example_of_a_parameter_is_read(parameter):
    found = parse(query_string(**{parameter.name: parameter.example}), COUNT)
    assert getattr(found, parameter.name) != getattr(Asked(), parameter.name)


def test_every_parameter_is_known_somewhere():
    assert set(PARAMETERS) == set(COUNT)
    assert set(BY_ID) < set(LIST) < set(COUNT)


@given(text())
def test_any_text_survives_as_the_operand_of_a_condition(operand):
    query = query_string(where={"name": {"eq": operand}})
    assert parse(query, LIST).where == ({"name": {"eq": operand}},)


@given(binary())
def test_any_bytes_are_read_or_refused(query):
    with suppress(BadFilter):
        parse(query, COUNT)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", '"a"'),
        (None, "null"),
        ({"a": [1]}, '{"a":[1]}'),
        ("x" * 100, '"' + "x" * 76 + "…"),
        (2**70, '"int"'),
        ("\ud800", '"str"'),
    ],
)
def test_a_value_is_shown_in_a_message_without_being_long(value, text):
    assert shown(value) == text
