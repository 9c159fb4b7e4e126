"""Queries become ICAT's query language: one search for a list, its joins shared, nothing lost."""

from datetime import UTC

import pytest

from datagateway_api.backends.icat.jpql.statements import Statements
from datagateway_api.core import icat_schema
from datagateway_api.core.query.check import Checker
from datagateway_api.core.query.model import Asked, Not, Query, Related

SCHEMA = icat_schema.load()
CHECKER = Checker(SCHEMA, max_limit=None, max_depth=10, undoubles=False)
LOW = Statements(SCHEMA, UTC, sorts_nulls_first=True)
HIGH = Statements(SCHEMA, UTC, sorts_nulls_first=False)
USERS = "investigationUsers"


def query(name, **asked):
    return CHECKER.rows(SCHEMA.entities[name], Asked(**asked))


def where_of(name, *conditions):
    """Return what stands between FROM and ORDER BY."""
    text = LOW.rows(query(name, where=conditions)).text
    return text.removeprefix(f"SELECT o FROM {name} o ").removesuffix(" ORDER BY o.id ASC")


@pytest.mark.parametrize(
    ("name", "condition", "wanted"),
    [
        ("Dataset", {"name": "a'b"}, "WHERE o.name = 'a''b'"),
        ("Dataset", {"id": {"gt": 1, "lte": 5}}, "WHERE (o.id > 1 AND o.id <= 5)"),
        ("Dataset", {"name": {"ne": "a"}}, "WHERE o.name <> 'a'"),
        ("Dataset", {"doi": None}, "WHERE o.doi IS NULL"),
        ("Dataset", {"doi": {"ne": None}}, "WHERE o.doi IS NOT NULL"),
        ("Dataset", {"id": {"in": [1, 2, 1]}}, "WHERE o.id IN (1, 2)"),
        ("Dataset", {"id": {"in": []}}, "WHERE o.id IS NULL"),
        ("Dataset", {"id": {"nin": []}}, "WHERE o.id IS NOT NULL"),
        ("Dataset", {"name": {"nin": ["a", "b"]}}, "WHERE o.name NOT IN ('a', 'b')"),
        ("Dataset", {"id": {"between": [1, 5]}}, "WHERE o.id BETWEEN 1 AND 5"),
        ("Dataset", {"name": {"like": "a_b"}}, "WHERE o.name LIKE '%a_b%'"),
        ("Dataset", {"name": {"like": "a\\|"}}, "WHERE o.name LIKE '%a\\||%' ESCAPE '|'"),
        ("Dataset", {"name": {"nlike": "a"}}, "WHERE o.name NOT LIKE '%a%'"),
        ("Dataset", {"id": {"gt": -(2**63)}}, "WHERE o.id > '-9223372036854775808'"),
        ("Dataset", {"name": {"ilike": "a"}}, "WHERE LOWER(o.name) LIKE LOWER('%a%')"),
        ("Dataset", {"name": {"nilike": "a"}}, "WHERE LOWER(o.name) NOT LIKE LOWER('%a%')"),
        ("Dataset", {"id": {"like": "1"}}, "WHERE CONCAT(o.id, '') LIKE '%1%'"),
        ("Dataset", {"name": {"regexp": "^a'$"}}, "WHERE o.name REGEXP '^a''$'"),
        ("Dataset", {"complete": {"ne": True}}, "WHERE o.complete IN (FALSE)"),
        ("Dataset", {"complete": {"lte": True}}, "WHERE o.complete IN (FALSE, TRUE)"),
        ("Dataset", {"complete": {"lt": False}}, "WHERE o.id IS NULL"),
        (
            "ParameterType",
            {"valueType": {"gt": "DATE_AND_TIME"}},
            "WHERE o.valueType IN (org.icatproject.ParameterValueType.NUMERIC, "
            "org.icatproject.ParameterValueType.STRING)",
        ),
        (
            "Study",
            {"status": {"like": "PROG"}},
            "WHERE o.status IN (org.icatproject.StudyStatus.IN_PROGRESS)",
        ),
    ],
)
def test_an_operator_is_written_for_its_type(name, condition, wanted):
    assert where_of(name, condition) == wanted


@pytest.mark.parametrize(
    ("name", "condition", "wanted"),
    [
        ("Dataset", {"type.name": "raw"}, "JOIN o.type AS s1 WHERE s1.name = 'raw'"),
        ("Dataset", {"sample.name": "rod"}, "LEFT JOIN o.sample AS s1 WHERE s1.name = 'rod'"),
        (
            "Dataset",
            {"or": [{"sample.type.name": "a"}, {"sample.name": "b"}]},
            "LEFT JOIN o.sample AS s1 LEFT JOIN s1.type AS s2 "
            "WHERE (s2.name = 'a' OR s1.name = 'b')",
        ),
        ("Dataset", {"sample": {"isnull": True}}, "WHERE o.sample IS NULL"),
        ("Dataset", {"sample": {"isnull": False}}, "WHERE o.sample IS NOT NULL"),
        (
            "Dataset",
            {"sample.type": {"isnull": True}},
            "LEFT JOIN o.sample AS s1 WHERE (s1.type IS NULL AND s1.id IS NOT NULL)",
        ),
        (
            "Dataset",
            {"sample.pid": None},
            "LEFT JOIN o.sample AS s1 WHERE (s1.pid IS NULL AND s1.id IS NOT NULL)",
        ),
        ("Dataset", {"type.description": None}, "JOIN o.type AS s1 WHERE s1.description IS NULL"),
        (
            "Investigation",
            {"keywords": {"isnull": True}},
            "WHERE NOT EXISTS (SELECT s1.id FROM Keyword s1 WHERE s1.investigation = o)",
        ),
    ],
)
def test_a_related_object_that_may_be_missing_takes_nothing_away(name, condition, wanted):
    assert where_of(name, condition) == wanted


def test_conditions_on_one_to_many_path_share_a_sub_select():
    assert where_of("Investigation", {f"{USERS}.user.name": "a", f"{USERS}.role": "CI"}) == (
        "WHERE EXISTS (SELECT s1.id FROM InvestigationUser s1 JOIN s1.user AS s2 "
        "WHERE s1.investigation = o AND (s2.name = 'a' AND s1.role = 'CI'))"
    )


def test_a_to_many_path_below_another_object_starts_from_its_variable():
    assert where_of("Dataset", {"sample.parameters.stringValue": "a"}) == (
        "LEFT JOIN o.sample AS s1 WHERE EXISTS (SELECT s2.id FROM SampleParameter s2 "
        "WHERE s2.sample = s1 AND s2.stringValue = 'a')"
    )


def test_a_branch_of_an_or_may_hold_without_the_related_row():
    branches = {"or": [{"keywords.name": "a"}, {"id": 3}]}
    assert where_of("Investigation", branches, {"keywords.name": {"like": "b"}}) == (
        "WHERE EXISTS (SELECT s1.id FROM Keyword s1 WHERE s1.investigation = o AND "
        "((s1.name = 'a' OR o.id = 3) AND s1.name LIKE '%b%'))"
    )


def test_not_takes_what_is_unknown():
    inner = query("Dataset", where=({"doi": "a", "sample.name": "b"},)).where
    text = LOW.count(Query(SCHEMA.entities["Dataset"], where=Not(inner))).text
    assert text.endswith(
        "WHERE ((NOT (o.doi = 'a') OR o.doi IS NULL) OR (NOT (s1.name = 'b') OR s1.name IS NULL))"
    )


def test_a_row_of_its_own_is_sought_apart():
    entity = SCHEMA.entities["Investigation"]
    steps = (entity.relations["datasets"], SCHEMA.entities["Dataset"].relations["type"])
    text = LOW.count(Query(entity, where=Related(steps))).text
    assert text.endswith(
        "WHERE EXISTS (SELECT s1.id FROM Dataset s1 JOIN s1.type AS s2 WHERE s1.investigation = o "
        "AND EXISTS (SELECT s3.id FROM DatasetType s3 WHERE s3.id = s2.id))"
    )


@pytest.mark.parametrize(
    ("order", "low", "high"),
    [
        (("name",), "o.name ASC, o.id ASC", "o.name ASC, o.id ASC"),
        (("id desc",), "o.id DESC", "o.id DESC"),
        (
            ("startDate desc",),
            "o.startDate DESC, o.id ASC",
            "CASE WHEN o.startDate IS NULL THEN 0 ELSE 1 END DESC, o.startDate DESC, o.id ASC",
        ),
        (
            ("sample.name",),
            "s1.name ASC, o.id ASC",
            "CASE WHEN s1.name IS NULL THEN 0 ELSE 1 END ASC, s1.name ASC, o.id ASC",
        ),
    ],
)
def test_nulls_come_first_when_ascending_on_every_database(order, low, high):
    asked = query("Dataset", order=order)
    for statements, wanted in ((LOW, low), (HIGH, high)):
        assert statements.rows(asked).text.partition(" ORDER BY ")[2] == wanted


def test_order_through_a_to_many_path_groups_ids():
    asked = query("Investigation", order=("keywords.name desc", "type.name", "startDate"))
    assert LOW.ids_in_order(asked).page(10, 5) == (
        "SELECT o.id FROM Investigation o LEFT JOIN o.keywords AS s1 JOIN o.type AS s2 "
        "GROUP BY o.id, s2.name, o.startDate "
        "ORDER BY MAX(s1.name) DESC, s2.name ASC, o.startDate ASC, o.id ASC LIMIT 10, 5"
    )


@pytest.mark.parametrize(
    ("include", "wanted"),
    [
        ((), ""),
        (("type",), " INCLUDE o.type"),
        (("datasets.type", "type"), " INCLUDE o.datasets AS i1, i1.type, o.type"),
        (
            ({"datasets": ["datafiles", {"sample": "type"}]},),
            " INCLUDE o.datasets AS i1, i1.datafiles, i1.sample AS i3, i3.type",
        ),
    ],
)
def test_a_tree_of_includes_is_one_clause(include, wanted):
    assert LOW.rows(query("Investigation", include=include)).include == wanted


def test_a_limit_is_no_larger_than_icat_takes():
    search = LOW.rows(query("Dataset"))
    assert search.page(2**63, 2**63).endswith(" LIMIT 2147483647, 2147483647")


@pytest.mark.parametrize(
    ("asked", "low", "high"),
    [
        (
            {"distinct": ("doi",)},
            "SELECT DISTINCT o.doi, o.doi FROM Dataset o ORDER BY o.doi ASC",
            "SELECT o.doi, o.doi FROM Dataset o GROUP BY o.doi "
            "ORDER BY CASE WHEN o.doi IS NULL THEN 0 ELSE 1 END ASC, o.doi ASC",
        ),
        (
            {"distinct": ("name", "type.name"), "order": ("type.name desc",)},
            "SELECT DISTINCT o.name, s1.name FROM Dataset o JOIN o.type AS s1 "
            "ORDER BY s1.name DESC, o.name ASC",
            "SELECT DISTINCT o.name, s1.name FROM Dataset o JOIN o.type AS s1 "
            "ORDER BY s1.name DESC, o.name ASC",
        ),
    ],
)
def test_unique_rows_keep_their_nulls(asked, low, high):
    assert LOW.distinct(query("Dataset", **asked)).text == low
    assert HIGH.distinct(query("Dataset", **asked)).text == high


def test_the_null_among_counted_values_is_asked_for_apart():
    def counted(*distinct):
        asked = CHECKER.count(SCHEMA.entities["Dataset"], Asked(distinct=distinct))
        return [search.text for search in LOW.count_values(asked)]

    assert counted("doi") == [
        "SELECT COUNT(DISTINCT o.doi) FROM Dataset o",
        "SELECT COUNT(o) FROM Dataset o WHERE o.doi IS NULL",
    ]
    assert counted("sample.name") == [
        "SELECT COUNT(DISTINCT s1.name) FROM Dataset o JOIN o.sample AS s1"
    ]


def test_groups_hold_what_has_no_related_object():
    asked = CHECKER.count(SCHEMA.entities["Dataset"], Asked(group_by=("sample.name", "type.id")))
    assert LOW.groups(asked).text == (
        "SELECT s1.name, s2.id, COUNT(o) FROM Dataset o LEFT JOIN o.sample AS s1 "
        "LEFT JOIN o.type AS s2 GROUP BY s1.name, s2.id ORDER BY s1.name ASC, s2.id ASC"
    )
