"""Which conditions share a related row, and which conditions share a statement."""

import re

import pytest

from datagateway_api.backends.database.conditions import comparisons, shape
from datagateway_api.core.query.model import AllOf, Comparison, Condition, Not, Path, Query, Related
from datagateway_api.core.query.operators import EQ
from datagateway_api.sql.prepared import prepare
from test.support.queries import SCHEMA, compiler, engine_dialect, rows


def where_sql(where: object) -> str:
    return sql_of(rows("Investigation", where=where, fields="id"))


def sql_of(query: Query) -> str:
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


def own_condition_sql(condition: Condition) -> str:
    return sql_of(Query(SCHEMA.entities["Investigation"], where=condition))


KEYWORDS = SCHEMA.entities["Investigation"].relations["keywords"]
TYPE = SCHEMA.entities["Investigation"].relations["type"]
TO_INVESTIGATION = SCHEMA.entities["Keyword"].relations["investigation"]


@pytest.mark.parametrize(
    ("condition", "sql"),
    [
        (
            Related((KEYWORDS,)),
            "INVESTIGATION.ID IN (SELECT KEYWORD.INVESTIGATION_ID FROM KEYWORD WHERE true)",
        ),
        (
            Related((KEYWORDS,), rows("Keyword", where={"name": "a"}).where),
            "INVESTIGATION.ID IN (SELECT KEYWORD.INVESTIGATION_ID FROM KEYWORD "
            "WHERE KEYWORD.NAME = ?)",
        ),
        (
            Related((TYPE,), rows("InvestigationType", where={"name": "a"}).where),
            "INVESTIGATION.TYPE_ID IN (SELECT INVESTIGATIONTYPE.ID FROM INVESTIGATIONTYPE "
            "WHERE INVESTIGATIONTYPE.NAME = ?)",
        ),
        (
            Not(Comparison(Path((), SCHEMA.entities["Investigation"].fields["doi"]), EQ, "a")),
            "CASE WHEN (INVESTIGATION.DOI = ?) THEN 0 ELSE 1 END = 1",
        ),
    ],
)
def test_a_condition_that_only_modes_make_in_sql(condition, sql):
    assert own_condition_sql(condition) == sql


def test_two_related_conditions_are_two_sub_selects():
    one, other = (
        Related((KEYWORDS,), rows("Keyword", where={"name": n}).where) for n in ("a", "b")
    )
    assert own_condition_sql(AllOf((one, other))).count("SELECT") == 2


def test_own_conditions_of_different_relations_or_parts_have_different_shapes():
    name = rows("Keyword", where={"name": "a"}).where
    other = rows("Keyword", where={"name": "b"}).where
    assert name is not None
    assert other is not None
    made = [
        name,
        Not(name),
        Not(Not(name)),
        Related((KEYWORDS,)),
        Related((KEYWORDS,), name),
        Related((TYPE,), name),
        Related((KEYWORDS, TO_INVESTIGATION, KEYWORDS), name),
    ]
    assert len({shape(condition) for condition in made}) == len(made)
    assert shape(Related((KEYWORDS,), Not(name))) == shape(Related((KEYWORDS,), Not(other)))
    assert len(comparisons(AllOf((Not(name), Related((KEYWORDS,), other))))) == 2
