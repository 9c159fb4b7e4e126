"""Which conditions share a related row, and which conditions share a statement."""

import re

import pytest

from datagateway_api.backends.database.conditions import comparisons, shape
from datagateway_api.sql.prepared import prepare
from test.support.queries import compiler, engine_dialect, rows


def where_sql(where: object) -> str:
    query = rows("Investigation", where=where, fields="id")
    sql = prepare(compiler("postgresql").rows(query).select, engine_dialect("postgresql")).sql
    sql = re.sub(r"\s+", " ", re.sub(r"%\(\w+\)s(::\w+)?", "?", sql)).replace('"', "")
    sql = sql.partition(" WHERE ")[2].rpartition(" ORDER BY ")[0]
    return re.sub(r"_[12]\b|AS \w+ ", "", sql).replace("INVESTIGATIONUSER", "IU")


@pytest.mark.parametrize(
    ("where", "sql"),
    [
        ({"name": None}, "INVESTIGATION.NAME IS NULL"),
        ({"name": {"ne": None}}, "INVESTIGATION.NAME IS NOT NULL"),
        ({"name": {"in": []}}, "false"),
        ({"type.id": {"in": [1, 2]}}, "INVESTIGATION.TYPE_ID = any(?)"),
        (
            {"type.id": {"nin": [1, 2]}},
            "NOT (INVESTIGATION.TYPE_ID = any(?)) AND INVESTIGATION.TYPE_ID IS NOT NULL",
        ),
        ({"type": {"isnull": True}}, "INVESTIGATION.TYPE_ID IS NULL"),
        ({"type.id": {"isnull": False}}, "INVESTIGATION.TYPE_ID IS NOT NULL"),
        (
            {"type.description": {"isnull": True}},
            "INVESTIGATIONTYPE.DESCRIPTION IS NULL AND INVESTIGATIONTYPE.ID IS NOT NULL",
        ),
        (
            {"or": [{"id": 1}, {"name": "a", "title": "b"}]},
            "INVESTIGATION.ID = ? OR INVESTIGATION.NAME = ? AND INVESTIGATION.TITLE = ?",
        ),
        (
            {"investigationUsers": {"isnull": False}},
            "EXISTS (SELECT 1 FROM IU WHERE IU.INVESTIGATION_ID = INVESTIGATION.ID)",
        ),
        (
            {"investigationUsers": {"role": "PI", "id": {"gt": 5}}},
            "INVESTIGATION.ID IN (SELECT IU.INVESTIGATION_ID FROM IU "
            "WHERE IU.ROLE = ? AND IU.ID > ?)",
        ),
        (
            {"or": [{"investigationUsers.role": "PI"}, {"investigationUsers.role": "CI"}]},
            "INVESTIGATION.ID IN (SELECT IU.INVESTIGATION_ID FROM IU WHERE IU.ROLE = ?) "
            "OR INVESTIGATION.ID IN (SELECT IU.INVESTIGATION_ID FROM IU WHERE IU.ROLE = ?)",
        ),
        (
            {"investigationUsers.id": 1, "or": [{"investigationUsers.role": "PI"}, {"id": 3}]},
            "EXISTS (SELECT 1 FROM IU WHERE IU.INVESTIGATION_ID = INVESTIGATION.ID "
            "AND IU.ID = ? AND (IU.ROLE = ? OR INVESTIGATION.ID = ?))",
        ),
    ],
)
def test_a_condition_in_sql(where, sql):
    assert where_sql(where) == sql


def test_parts_that_share_a_to_many_path_share_a_row_wherever_they_stand():
    sql = where_sql(
        {"and": [{"keywords.name": "a"}, {"id": 1}, {"keywords.createId": "b"}, {"name": "c"}]}
    )
    assert sql.count("SELECT") == 1
    assert "KEYWORD.NAME = ? AND KEYWORD.CREATE_ID = ?" in sql


def test_an_or_below_an_and_lets_a_row_be_absent_where_a_branch_needs_none():
    branch = {"or": [{"keywords.name": "a"}, {"id": 1}]}
    other = {"or": [{"keywords.name": "b"}, {"id": 2}]}
    sql = where_sql({"and": [branch, other]})
    assert re.search(r"OR INVESTIGATION.ID = \? AND INVESTIGATION.ID = \?$", sql), sql


def test_comparisons_are_numbered_in_the_order_in_which_they_were_asked():
    where = {"or": [{"name": "a"}, {"and": [{"id": 1}, {"title": "b"}]}], "id": 2}
    found = comparisons(rows("Investigation", where=where).where)
    assert [f"{c.path} {c.operand}" for c in found] == ["name a", "id 1", "title b", "id 2"]
    assert comparisons(None) == []


def shape_of(where: object) -> object:
    return shape(rows("Investigation", where=where).where)


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ({"name": "a"}, {"name": "b"}, True),
        ({"NAME": {"eq": "a"}}, {"name": "b"}, True),
        ({"id": {"in": [1]}}, {"id": {"in": [1, 2, 3]}}, True),
        ({"id": {"between": [1, 2]}}, {"id": {"between": [3, 4]}}, True),
        ({"name": {"like": "a"}}, {"name": {"like": "é"}}, True),
        ({"name": {"ilike": "a"}}, {"name": {"ilike": "é"}}, False),
        ({"id": {"in": [1]}}, {"id": {"in": []}}, False),
        ({"name": {"isnull": True}}, {"name": {"isnull": False}}, False),
        ({"name": "a"}, {"title": "a"}, False),
        ({"name": "a"}, {"name": {"ne": "a"}}, False),
        ({"or": [{"name": "a"}, {"id": 1}]}, {"and": [{"name": "a"}, {"id": 1}]}, False),
        ({"or": [{"name": "a"}, {"id": 1}]}, {"or": [{"name": "b"}, {"id": 2}]}, True),
        ({"name": "a"}, {"or": [{"name": "a"}, {"name": "b"}]}, False),
    ],
)
def test_conditions_that_differ_in_values_only_have_the_same_shape(one, other, is_same):
    assert (shape_of(one) == shape_of(other)) is is_same
    assert hash(shape_of(one)) is not None


def test_no_condition_has_no_shape():
    assert shape(None) is None
