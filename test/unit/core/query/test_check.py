"""From what was asked to a checked query."""
# ruff: noqa: DTZ001 the program's moments are naive and in UTC

from datetime import datetime

import pytest

from datagateway_api.core.errors import BadFilter
from datagateway_api.core.query.check import DEEPEST, MOST_CONDITIONS
from datagateway_api.core.query.model import AllOf, AnyOf, Asked, Comparison, Condition
from test.support.queries import SCHEMA, by_id, checker, count, rows

INVESTIGATION = SCHEMA.entities["Investigation"]


def written(condition: Condition | None) -> object:
    """A condition in a form that is easily compared."""
    if condition is None:
        return None
    if isinstance(condition, Comparison):
        return (str(condition.path), condition.operator.name, condition.operand)
    word = "and" if isinstance(condition, AllOf) else "or"
    assert isinstance(condition, (AllOf, AnyOf))
    return (word, *(written(part) for part in condition.parts))


NAME = ("name", "eq", "a")
ROLE = ("investigationUsers.role", "eq", "PI")


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ({"name": {"eq": "a"}}, NAME),
        ({"name": "a"}, NAME),
        ({"name": {"EQ": "a"}}, NAME),
        ({"NAME": {"eq": "a"}}, NAME),
        ({"name": None}, ("name", "isnull", True)),
        ({"name": {"eq": None}}, ("name", "isnull", True)),
        ({"name": {"ne": None}}, ("name", "isnull", False)),
        ({"name": {"neq": "a"}}, ("name", "ne", "a")),
        ({"id": "5"}, ("id", "eq", 5)),
        ({"type": 1}, ("type.id", "eq", 1)),
        ({"type": {"eq": 1}}, ("type.id", "eq", 1)),
        ({"type": None}, ("type.id", "isnull", True)),
        ({"facilityID": {"in": [1, 2]}}, ("facility.id", "in", (1, 2))),
        ({"startDate": {"gt": "2003-12-31"}}, ("startDate", "gt", datetime(2003, 12, 31))),
        ({"id": {"gt": 1, "lt": 5}}, ("and", ("id", "gt", 1), ("id", "lt", 5))),
        ({"name": "a", "id": 1}, ("and", NAME, ("id", "eq", 1))),
        ({"and": [{"name": "a"}]}, NAME),
        ({"or": [{"name": "a"}]}, NAME),
        ({"AND": [{"name": "a"}, {"id": 1}]}, ("and", NAME, ("id", "eq", 1))),
        ({"or": [{"name": "a"}, {"id": 1}]}, ("or", NAME, ("id", "eq", 1))),
        (
            {"or": [{"name": "a"}, {"or": [{"id": 1}, {"id": 2}]}]},
            ("or", NAME, ("id", "eq", 1), ("id", "eq", 2)),
        ),
        (
            {"and": [{"name": "a"}, {"or": [{"id": 1}, {"id": 2}]}]},
            ("and", NAME, ("or", ("id", "eq", 1), ("id", "eq", 2))),
        ),
        (
            {"or": [{"name": "a", "id": 1}, {"id": 2}]},
            ("or", ("and", NAME, ("id", "eq", 1)), ("id", "eq", 2)),
        ),
        ({"investigationUsers": {"role": "PI"}}, ROLE),
        ({"investigationUsers": {"role": {"eq": "PI"}}}, ROLE),
        (
            {"investigationUsers": {"user": {"name": "x"}, "role": "PI"}},
            ("and", ("investigationUsers.user.name", "eq", "x"), ROLE),
        ),
        (
            {"investigationUsers": {"or": [{"role": "PI"}, {"role": "CI"}]}},
            ("or", ROLE, ("investigationUsers.role", "eq", "CI")),
        ),
        ({"datasets": {"isnull": True}}, ("datasets.id", "isnull", True)),
    ],
)  # fmt: skip
def test_a_where_becomes_a_condition(where, found):
    assert written(rows("Investigation", where=where).where) == found


def test_several_wheres_are_all_demanded():
    asked = Asked(where=({"name": "a"}, {"or": [{"id": 1}, {"id": 2}]}))
    found = checker().rows(INVESTIGATION, asked).where
    assert written(found) == ("and", NAME, ("or", ("id", "eq", 1), ("id", "eq", 2)))


def nested(depth: int) -> object:
    where: object = {"id": 1}
    for _ in range(depth):
        where = {"and": [where]}
    return where


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ({}, "where must be an object such as"),
        ([], "where must be an object such as"),
        ('"name"', "where must be an object such as"),
        (None, "where must be an object such as"),
        (1, "where must be an object such as"),
        ({"nam": "a"}, 'Investigation has no attribute or relation "nam"; did you mean name'),
        ({"name": {}}, "name needs an operator, such as"),
        ({"name": {"is": "a"}}, 'name: unknown operator "is"; the operators are: eq, ne, neq'),
        ({"name": {"eq": "a", "is": "a"}}, 'unknown operator "is"'),
        ({"id": [1]}, "id must be a whole number, got [1]"),
        ({"name": {"lt": None}}, "name must be a text, got null"),
        ({"and": []}, "and must be a list of at least one condition"),
        ({"or": {}}, "or must be a list of at least one condition"),
        ({"or": "name"}, "or must be a list of at least one condition"),
        ({"or": [1]}, "where must be an object such as"),
        ({"or": [{}]}, "where must be an object such as"),
        ({"not": [{"id": 1}]}, 'Investigation has no attribute or relation "not"'),
        ({"name.length": 1}, "Investigation.name is an attribute"),
        ({"datasets": {}}, "datasets.id needs an operator"),
        ({"datasets": {"nam": 1}}, 'Dataset has no attribute or relation "nam"'),
        ({"type": {"name": {"gt": []}}}, "type.name must be a text, got []"),
        ({"id": {"in": list(range(MOST_CONDITIONS)), "like": None}}, "like on id must be given"),
        (nested(DEEPEST + 1), f"nested more than {DEEPEST} deep"),
        ({"or": [{"id": n} for n in range(MOST_CONDITIONS + 1)]}, f"at most {MOST_CONDITIONS}"),
    ],
)
def test_a_where_that_means_nothing_is_refused(where, message):
    with pytest.raises(BadFilter) as caught:
        rows("Investigation", where=where)
    assert message in caught.value.message


def test_a_where_may_be_as_large_as_the_limits():
    assert rows("Investigation", where=nested(DEEPEST)).where is not None
    many = {"or": [{"id": n} for n in range(MOST_CONDITIONS)]}
    assert rows("Investigation", where=many).where is not None


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ("name", ["name"]),
        ("name asc", ["name"]),
        ("name DESC", ["name desc"]),
        ('["name desc","title"]', ["name desc", "title"]),
        ("name, title desc", ["name", "title desc"]),
        ('["name","name desc"]', ["name"]),
        ("type.name desc", ["type.name desc"]),
        ("investigationUsers.user.name", ["investigationUsers.user.name"]),
        ("facilityID", ["facility.id"]),
        ("facility desc", ["facility.name desc"]),
        ("type", ["type.facility.name", "type.name"]),
    ],
)
def test_an_order_becomes_sort_keys(order, found):
    keys = rows("Investigation", order=order).order
    assert [f"{key.path}{' desc' if key.is_descending else ''}" for key in keys] == found


@pytest.mark.parametrize(
    ("order", "message"),
    [
        ('["name up"]', 'order must end in asc or desc, got "name up"'),
        ('[""]', 'order must read "path asc" or "path desc", got ""'),
        ('["name asc asc"]', "order must read"),
        ("nam", "Investigation has no"),
        ("name.x", "is an attribute"),
    ],
)
def test_an_order_that_means_nothing_is_refused(order, message):
    with pytest.raises(BadFilter) as caught:
        rows("Investigation", order=order)
    assert message in caught.value.message


def test_fields_are_found_and_relations_refused():
    assert [f.name for f in rows("Investigation", fields="NAME,title").fields] == ["name", "title"]
    with pytest.raises(BadFilter, match="use include to return related objects"):
        rows("Investigation", fields="type")
    with pytest.raises(BadFilter, match="fields needs at least one name"):
        rows("Investigation", fields="[]")


def test_paging_is_taken_over():
    query = rows("Investigation", limit=5, skip=10, total="true")
    assert (query.limit, query.skip, query.total) == (5, 10, True)
    assert rows("Investigation").limit is None


def test_distinct_takes_each_path_once():
    query = rows("Investigation", distinct='["type.name","TYPE.NAME","id"]', order="id desc")
    assert [str(path) for path in query.distinct] == ["type.name", "id"]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"include": "type"}, "include is refused"),
        ({"fields": "name"}, "fields is refused"),
        ({"order": "title"}, "order may name only its paths, got title"),
        ({"order": "type.name"}, "order may name only its paths, got type.name"),
    ],
)
def test_distinct_excludes_what_contradicts_it(more, message):
    with pytest.raises(BadFilter) as caught:
        rows("Investigation", distinct="name", **more)
    assert message in caught.value.message


def test_a_count_keeps_only_what_it_counts():
    query = count(
        "Investigation", where={"name": "a"}, order="name", limit=1, skip=1, include="type"
    )
    assert written(query.where) == NAME
    assert (query.order, query.limit, query.skip, query.include) == ((), None, 0, ())


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"order": "nam"}, "Investigation has no"),
        ({"include": "nothing"}, "Investigation has no"),
        ({"group_by": "[]"}, "group_by needs at least one path"),
        ({"group_by": "nothing"}, "Investigation has no"),
        ({"group_by": "type.id", "distinct": "name"}, "distinct and group_by exclude each other"),
    ],
)
def test_what_a_count_ignores_is_checked_all_the_same(asked, message):
    with pytest.raises(BadFilter) as caught:
        count("Investigation", **asked)
    assert message in caught.value.message


def test_a_count_is_grouped_by_paths():
    query = count("Investigation", group_by='["type","facility.name","type.id"]')
    assert [str(path) for path in query.group_by] == ["type.id", "facility.name"]


def test_one_object_may_have_includes_and_fields():
    query = by_id("Investigation", include="type", fields="name")
    assert [each.relation.name for each in query.include] == ["type"]
    assert [field.name for field in query.fields] == ["name"]


@pytest.mark.parametrize(
    ("limit", "is_refused"), [("5", False), ("0", False), ("6", True), (None, True)]
)
@pytest.mark.parametrize("distinct", [None, ("name",)])
def test_a_list_keeps_to_the_largest_limit(limit, is_refused, distinct):
    asked = Asked(limit=None if limit is None else int(limit), distinct=distinct)
    if not is_refused:
        checker(max_limit=5).rows(INVESTIGATION, asked)
        return
    with pytest.raises(BadFilter, match="limit must be at most 5 on this server"):
        checker(max_limit=5).rows(INVESTIGATION, asked)


def test_a_count_needs_no_limit_where_lists_do():
    assert checker(max_limit=5).count(INVESTIGATION, Asked()).limit is None


def test_a_path_keeps_to_the_depth_of_the_settings():
    asked = Asked(where=({"datasets.datafiles.name": "a"},))
    assert checker(max_depth=2).rows(INVESTIGATION, asked).where is not None
    with pytest.raises(BadFilter, match="walks more than 1 relations"):
        checker(max_depth=1).rows(INVESTIGATION, asked)


def test_queries_that_ask_the_same_are_equal():
    assert rows("Investigation", where={"name": "a"}) == rows("Investigation", where={"NAME": "a"})
    assert rows("Investigation", where={"name": "a"}) != rows("Investigation", where={"name": "b"})


def test_only_a_list_can_contain():
    with pytest.raises(BadFilter, match="contains is for lists, and name is none"):
        rows("Investigation", where={"name": {"contains": "a"}})
