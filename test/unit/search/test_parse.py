"""From decoded filters to plain data."""

from typing import Any

import pytest

from datagateway_api.core.errors import BadFilter
from datagateway_api.search.filters import Every, Field, Has, Neither, Order, Some, Test, Text
from datagateway_api.search.panosc import ENTITIES
from datagateway_api.search.parse import parse, parse_where

DOCUMENT = ENTITIES["Document"]


def target(relation):
    return ENTITIES[relation.target]


def where(raw) -> Any:
    return parse_where(raw, DOCUMENT, target).where


def field(name, operator, operand, place=None):
    place = place or f"where.{name}" + ("" if operator == "eq" else f".{operator}")
    return Field(name, (Test(operator, operand, place),), f"where.{name}")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (None, None),
        ({}, None),
        ("", None),
        ({"title": "a"}, field("title", "eq", "a")),
        ({"title": None}, field("title", "eq", None)),
        ({"title": 1.5}, field("title", "eq", 1.5)),
        ({"title": False}, field("title", "eq", False)),
        ({"title": {"neq": "a"}}, field("title", "neq", "a")),
        ({"title": {"inq": ["a", None]}}, field("title", "inq", ("a", None))),
        ({"title": {"inq": []}}, field("title", "inq", ())),
        ({"title": {"like": 5}}, field("title", "like", "5")),
        ({"text": "a b"}, Text("a b")),
        ({"text": 5}, Text("5")),
        ({"text": ""}, Every(())),
        ({"datasets": {}}, Has("datasets", Every(()))),
    ],
)
def test_a_where(raw, expected):
    assert where(raw) == expected


def test_an_alias_is_the_operator_itself():
    for alias, name in (("ne", "neq"), ("in", "inq")):
        operand = ["a"] if name == "inq" else "a"
        (test,) = where({"title": {alias: operand}}).tests
        assert test.operator == name


def test_keys_and_operators_hold_together():
    both = where({"title": "a", "summary": {"gte": "b", "lt": "c"}})
    assert isinstance(both, Every)
    parts: tuple[Any, ...] = both.parts
    assert [part.name for part in parts] == ["title", "summary"]
    assert [test.operator for test in parts[1].tests] == ["gte", "lt"]


@pytest.mark.parametrize(("word", "kind"), [("and", Every), ("or", Some), ("nor", Neither)])
def test_groups_nest(word, kind):
    found = where({word: [{"title": "a"}, {word: [{"title": "b"}]}], "text": "c"})
    group, text = found.parts
    assert isinstance(group, kind)
    assert isinstance(group.parts[1], kind)
    assert group.parts[0].place == f"where.{word}[0].title"
    assert text == Text("c")


def test_names_that_begin_alike_in_one_object_speak_of_one_row():
    found = where({"members.role": "PI", "members.person.fullName": "x", "title": "t"})
    title, members = found.parts
    assert title.name == "title"
    assert isinstance(members, Has)
    below: Any = members.where
    assert [type(part) for part in below.parts] == [Field, Has]
    assert where({"members": {"role": "PI", "person": {"fullName": "x"}}}) == members


def test_different_objects_speak_of_different_rows():
    found = where({"and": [{"members.role": "PI"}, {"members.person.fullName": "x"}]})
    assert [part.relation for part in found.parts] == ["members", "members"]


@pytest.mark.parametrize(
    ("raw", "limit", "skip"),
    [
        ({}, None, 0),
        ({"limit": 0}, None, 0),
        ({"limit": "5", "skip": "2"}, 5, 2),
        ({"limit": None, "offset": 3}, None, 3),
        ({"skip": 1, "offset": 3}, None, 1),
    ],
)
def test_limit_and_skip(raw, limit, skip):
    found = parse(raw, DOCUMENT, target)
    assert (found.limit, found.skip) == (limit, skip)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (None, ()),
        ("title", (Order("title", False),)),
        (["title DESC", "pid asc"], (Order("title", True), Order("pid", False))),
        (["nope", "title"], (Order("title", False),)),
        (["title", "title DESC"], (Order("title", False),)),
    ],
)
def test_order(raw, expected):
    assert parse({"order": raw}, DOCUMENT, target).order == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (None, None),
        ([], None),
        ("title", {"title"}),
        (["title", "nope"], {"title"}),
        ({"title": True, "pid": False}, {"title"}),
        ({"title": "true"}, {"title"}),
        ({"title": False}, set(DOCUMENT.attributes) - {"title"}),
    ],
)
def test_fields(raw, expected):
    assert parse({"fields": raw}, DOCUMENT, target).fields == expected


def test_includes_nest_and_know_whether_they_join():
    scope = {"include": [{"relation": "techniques", "scope": {"where": {"name": "a"}}}]}
    joins, plain, empty = parse(
        {
            "include": [
                {"relation": "datasets", "scope": scope},
                "members",
                {"parameters": "document"},
            ]
        },
        DOCUMENT,
        target,
    ).include
    assert (joins.joins, plain.joins, empty.joins) == (True, False, False)
    assert joins.scope.include[0].scope.entity.name == "Technique"
    assert empty.scope.include[0].relation == "document"


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ({"where": {"titel": 1}}, 'filter.where: Document has no "titel"; did you mean title?'),
        (
            {"include": [{"relation": "datasets", "scope": {"where": {"and": [{"nmae": 1}]}}}]},
            'filter.include[0].scope.where.and[0]: Dataset has no "nmae"; it has: pid, title, '
            "isPublic, creationDate, size, documents, techniques, instrument, files, parameters, "
            "samples, and, or, nor, text",
        ),
        ({"limit": -1}, "filter.limit must be a whole number >= 0, got -1"),
        ({"order": "a b"}, 'filter.order must read "name ASC" or "name DESC", got "a b"'),
    ],
)
def test_a_message_says_where(raw, message):
    with pytest.raises(BadFilter) as found:
        parse(raw, DOCUMENT, target)
    assert found.value.message == message
