"""The SQL of representative queries, for every database. Oracle is compiled, never asked."""

import re

import pytest

from datagateway_api.backends.database.compile import MOST_INCLUDED
from datagateway_api.backends.database.plans import Plans
from datagateway_api.sql.prepared import Prepared, prepare
from test.support.queries import DIALECTS, by_id, compiler, count, engine_dialect, rows

SENTINEL = "Zq7'\"\\%_|*"

pytestmark = pytest.mark.parametrize("dialect", DIALECTS)


def sql_of_rows(dialect: str, entity: str, **parameters: object) -> Prepared:
    query = rows(entity, **parameters)
    return prepare(compiler(dialect).rows(query).select, engine_dialect(dialect))


def sql_of_count(dialect: str, entity: str, **parameters: object) -> Prepared:
    query = count(entity, **parameters)
    return prepare(compiler(dialect).count(query), engine_dialect(dialect))


def tail(prepared: Prepared) -> str:
    """The statement from its first FROM on, without quotes, and binds as ``?``."""
    sql = re.sub(r"\s+", " ", prepared.sql)
    sql = sql[sql.index(" FROM ") + 1 :].replace('"', "").replace("`", "")
    sql = re.sub(r"(%\(\w+\)s|(?<!:):\w+|%s)(::\w+)?", "?", sql)
    sql = re.sub(r"\banon_\d+", "anon", sql)
    sql = re.sub(r"([A-Z_]) AS (?=[A-Z])", r"\1 ", sql)
    return re.sub(r" NULLS (FIRST|LAST)| ASC\b", "", sql)


def joins(prepared: Prepared) -> int:
    return prepared.sql.count(" JOIN ")


def selects(prepared: Prepared) -> int:
    """How many sub-selects there are; SQLite reads each list as one more."""
    return prepared.sql.count("SELECT") - 1 - prepared.sql.count("json_each")


@pytest.mark.parametrize(
    ("entity", "asked", "number_of_joins", "number_of_selects"),
    [
        ("Datafile", {}, 0, 0),
        ("Datafile", {"where": {"dataset.id": 1}}, 0, 0),
        ("Datafile", {"where": {"dataset": 1}}, 0, 0),
        ("Datafile", {"where": {"datasetID": 1}}, 0, 0),
        ("Datafile", {"where": {"dataset.id": {"isnull": True}}}, 0, 0),
        ("Datafile", {"where": {"datafileFormat": None}}, 0, 0),
        ("Datafile", {"order": "dataset.id"}, 0, 0),
        ("Datafile", {"where": {"dataset.name": "a"}}, 1, 0),
        ("Datafile", {"where": {"dataset.name": "a"}, "order": "dataset.name"}, 1, 0),
        ("Datafile", {"where": {"dataset.investigation.id": 1}}, 1, 0),
        ("Datafile", {"where": {"dataset.investigation.name": "a"}}, 2, 0),
        ("Datafile", {"where": {"dataset.investigation.name": "a", "dataset.name": "b"}}, 2, 0),
        ("Dataset", {"where": {"datafiles.id": 1}}, 0, 1),
        ("Dataset", {"where": {"datafiles": {"isnull": True}}}, 0, 1),
        ("Investigation", {"where": {"investigationUsers.user.id": 1}}, 0, 1),
        ("Investigation", {"where": {"investigationUsers.user.name": "a"}}, 1, 1),
        (
            "Investigation",
            {"where": {"investigationUsers.user.name": "a", "investigationUsers.role": "PI"}},
            1,
            1,
        ),
        (
            "Investigation",
            {"where": {"and": [{"keywords.name": "a"}, {"keywords.name": {"like": "b"}}]}},
            0,
            1,
        ),
        ("Investigation", {"where": {"keywords.name": "a", "samples.name": "b"}}, 0, 2),
        (
            "Investigation",
            {"where": {"or": [{"keywords.name": "a"}, {"samples.name": "b"}, {"name": "c"}]}},
            0,
            2,
        ),
        ("Investigation", {"where": {"datasets.datafiles.name": "a"}}, 0, 2),
        (
            "Investigation",
            {"where": {"datasets.datafiles.name": "a", "datasets.name": "b"}},
            0,
            2,
        ),
        ("Investigation", {"order": "keywords.name"}, 0, 1),
        ("Investigation", {"order": "investigationUsers.user.name desc"}, 1, 1),
        ("Investigation", {"where": {"id": {"in": [1, 2]}}}, 0, 0),
        ("Investigation", {"where": {"name": {"in": []}}}, 0, 0),
        ("Investigation", {"distinct": "name"}, 0, 1),
        ("Investigation", {"distinct": "type.id"}, 0, 1),
        ("Investigation", {"distinct": '["type.name","type.id"]'}, 1, 1),
        ("Investigation", {"distinct": "keywords.name"}, 1, 1),
        ("Investigation", {"include": '["type","datasets"]'}, 0, 0),
    ],
    ids=str,
)
def test_a_list_joins_no_more_than_it_needs(
    dialect, entity, asked, number_of_joins, number_of_selects
):
    found = sql_of_rows(dialect, entity, **asked)
    assert (joins(found), selects(found)) == (number_of_joins, number_of_selects), found.sql


@pytest.mark.parametrize(
    ("entity", "asked", "expected"),
    [
        (
            "Datafile",
            {"where": {"dataset.id": 1}, "fields": "name"},
            "FROM DATAFILE DATAFILE_1 WHERE DATAFILE_1.DATASET_ID = ? ORDER BY DATAFILE_1.ID",
        ),
        (
            "Datafile",
            {"where": {"dataset.fileCount": {"gt": 5}}, "order": "dataset.startDate desc, id desc"},
            "FROM DATAFILE DATAFILE_1 LEFT OUTER JOIN DATASET DATASET_1 "
            "ON DATASET_1.ID = DATAFILE_1.DATASET_ID WHERE DATASET_1.FILECOUNT > ? "
            "ORDER BY DATASET_1.STARTDATE DESC, DATAFILE_1.ID DESC",
        ),
        (
            "Investigation",
            {"where": {"investigationUsers.user.name": "a", "investigationUsers.role": "PI"}},
            "FROM INVESTIGATION INVESTIGATION_1 WHERE INVESTIGATION_1.ID IN "
            "(SELECT INVESTIGATIONUSER_1.INVESTIGATION_ID "
            "FROM INVESTIGATIONUSER INVESTIGATIONUSER_1 "
            "LEFT OUTER JOIN USER_ USER__1 ON USER__1.ID = INVESTIGATIONUSER_1.USER_ID "
            "WHERE USER__1.NAME = ? AND INVESTIGATIONUSER_1.ROLE = ?) "
            "ORDER BY INVESTIGATION_1.ID",
        ),
        (
            "Investigation",
            {"where": {"datasets": {"isnull": True}}, "fields": "name"},
            "FROM INVESTIGATION INVESTIGATION_1 WHERE NOT (EXISTS "
            "(SELECT 1 FROM DATASET DATASET_1 "
            "WHERE DATASET_1.INVESTIGATION_ID = INVESTIGATION_1.ID)) "
            "ORDER BY INVESTIGATION_1.ID",
        ),
        (
            "Study",
            {"where": {"or": [{"id": {"ne": 1}}, {"endDate": None}]}, "fields": "id"},
            "FROM STUDY STUDY_1 WHERE STUDY_1.ID != ? OR STUDY_1.ENDDATE IS NULL "
            "ORDER BY STUDY_1.ID",
        ),
    ],
)
def test_the_statement_of_a_list(dialect, entity, asked, expected):
    assert tail(sql_of_rows(dialect, entity, **asked)) == expected


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, "FROM INVESTIGATION INVESTIGATION_1"),
        (
            {"where": {"type.id": 1}, "order": "name", "limit": 1, "skip": 1, "include": "type"},
            "FROM INVESTIGATION INVESTIGATION_1 WHERE INVESTIGATION_1.TYPE_ID = ?",
        ),
        (
            {"distinct": "type.id"},
            "FROM (SELECT DISTINCT INVESTIGATION_1.TYPE_ID AS c0 "
            "FROM INVESTIGATION INVESTIGATION_1) {}anon",
        ),
    ],
)
def test_the_statement_of_a_count(dialect, asked, expected):
    alias = "" if dialect == "oracle" else "AS "
    found = sql_of_count(dialect, "Investigation", **asked)
    assert tail(found) == expected.format(alias)
    assert found.sql.startswith("SELECT count(*)")


PAGES = {
    "sqlite": "LIMIT ? OFFSET ?",
    "mysql": "LIMIT ?, ?",
    "postgresql": "LIMIT ? OFFSET ?",
    "oracle": "OFFSET ? ROWS FETCH FIRST ? ROWS ONLY",
}


def test_a_page_is_bound(dialect):
    found = sql_of_rows(dialect, "Investigation", limit=5, skip=10)
    assert tail(found).endswith(PAGES[dialect])
    assert sorted(found.names) == ["limit", "skip"]


def test_a_list_without_a_limit_binds_none(dialect):
    found = sql_of_rows(dialect, "Investigation")
    assert found.names == ()
    assert "LIMIT" not in found.sql


@pytest.mark.parametrize(("word", "last"), [("asc", "FIRST"), ("desc", "LAST")])
def test_nulls_come_first_when_ascending_and_last_when_descending(dialect, word, last):
    sql = sql_of_rows(dialect, "Investigation", order=f"startDate {word}").sql
    keys = sql.partition("ORDER BY ")[2].replace('"', "").replace("`", "").split(", ")
    # SQLite and MySQL take nulls for the smallest values by themselves.
    nulls = f" NULLS {last}" if dialect in ("postgresql", "oracle") else ""
    assert keys[0] == f"INVESTIGATION_1.STARTDATE {word.upper()}{nulls}"
    assert keys[1].startswith("INVESTIGATION_1.ID ASC")


@pytest.mark.parametrize(
    ("order", "function"), [("keywords.name", "min("), ("keywords.name desc", "max(")]
)
def test_the_extreme_of_many_rows_counts_in_an_order(dialect, order, function):
    found = sql_of_rows(dialect, "Investigation", order=order).sql.partition("ORDER BY")[2]
    assert function in found
    assert "GROUP BY" not in found


def test_distinct_rows_are_left_out_of_the_order_by_id(dialect):
    found = sql_of_rows(dialect, "Investigation", distinct='["type.name","title"]')
    assert tail(found).count("INVESTIGATION_1.ID") == 0
    assert found.sql.count("DISTINCT") == 1


def test_rows_that_are_unique_by_their_id_are_not_made_so(dialect):
    found = sql_of_rows(dialect, "Investigation", distinct='["id","name"]')
    assert "DISTINCT" not in found.sql


def test_one_entity_is_selected_by_its_id(dialect):
    statement = compiler(dialect).one(by_id("Investigation", fields="name"))
    found = prepare(statement.select, engine_dialect(dialect))
    assert tail(found) == "FROM INVESTIGATION INVESTIGATION_1 WHERE INVESTIGATION_1.ID = ?"
    assert found.names == ("id",)


def test_groups_are_counted_and_the_largest_comes_first(dialect):
    query = count("Investigation", group_by='["type.id","facility.name"]')
    found = prepare(compiler(dialect).groups(query).select, engine_dialect(dialect))
    assert joins(found) == 1
    assert "LEFT OUTER JOIN" in found.sql
    assert "count(*) AS n" in found.sql
    assert tail(found).partition("ORDER BY ")[2].startswith("anon.n DESC, anon.c0, anon.c1")


def test_groups_through_many_rows_count_each_entity_once(dialect):
    query = count("Investigation", group_by="keywords.name")
    found = prepare(compiler(dialect).groups(query).select, engine_dialect(dialect)).sql
    assert re.search(r'count\(DISTINCT ["`]?INVESTIGATION_1["`]?\.["`]?ID["`]?\) AS n', found)


LISTS = {
    "sqlite": "IN (SELECT value FROM json_each(?))",
    "mysql": "IN ?",
    "postgresql": "= any(?)",
    "oracle": "IN ?",
}


def test_an_included_relation_is_one_statement_for_all_rows(dialect):
    query = rows("Investigation", include='{"datasets":"type"}')
    statement = compiler(dialect).included(query.include[0])
    found = prepare(statement.select, engine_dialect(dialect))
    assert found.names[0] == "ids"
    shown = tail(found).replace("json_each(?) AS anon", "json_each(?)")
    shown = shown.replace("anon.value", "value")
    assert shown.startswith(
        f"FROM DATASET DATASET_1 WHERE DATASET_1.INVESTIGATION_ID {LISTS[dialect]} "
        "ORDER BY DATASET_1.ID"
    )
    assert str(MOST_INCLUDED + 1) in shown
    assert statement.keys == ("type", "tie")
    assert statement.place("tie") == len(statement.text.columns) + 1


def test_a_to_one_include_is_found_by_id(dialect):
    query = rows("Investigation", include="type")
    statement = compiler(dialect).included(query.include[0])
    found = tail(prepare(statement.select, engine_dialect(dialect)))
    assert found.startswith(
        "FROM INVESTIGATIONTYPE INVESTIGATIONTYPE_1 WHERE INVESTIGATIONTYPE_1.ID"
    )
    assert "ORDER BY" not in found


ALL_OPERATORS = {
    "and": [
        {"name": {operator: SENTINEL}}
        for operator in ("eq", "ne", "like", "ilike", "nlike", "nilike", "lt", "lte", "gt", "gte")
    ]
    + [
        {"title": {"in": [SENTINEL, "x"]}},
        {"title": {"nin": [SENTINEL]}},
        {"summary": {"between": [SENTINEL, "y"]}},
        {"summary": {"regexp": "Zq7.*"}},
        {"keywords.name": {"ilike": SENTINEL + "É"}},
        {"startDate": {"like": "Zq7"}},
        {"fileSize": {"like": "Zq7"}},
        {"facility.daysUntilRelease": {"regexp": "Zq7"}},
        {"parameters.numericValue": {"like": "Zq7"}},
    ]
}


def test_no_statement_holds_anything_that_was_given(dialect):
    query = rows(
        "Investigation", where=ALL_OPERATORS, order="keywords.name", limit=774411, skip=991177
    )
    plans = Plans(compiler(dialect), engine_dialect(dialect))
    plan = plans.rows(query)
    statements = [plan.prepared.sql, plan.block.sql if plan.block else ""]
    for text in statements:
        assert "Zq7" not in text
        assert "774411" not in text
        assert "991177" not in text
    bound = plan.prepared.parameters(plans.values(query))
    values = bound.values() if isinstance(bound, dict) else bound
    assert SENTINEL in list(values)


def test_every_comparison_has_its_bind_name(dialect):
    where = {
        "or": [{"name": "a"}, {"id": {"between": [1, 2]}}, {"title": None}, {"id": {"in": [1]}}]
    }
    found = sql_of_rows(dialect, "Investigation", where=where)
    assert list(found.names) == ["p0", "p1", "p1b", "p3"]


def test_a_constant_false_needs_no_bind(dialect):
    assert sql_of_rows(dialect, "Investigation", where={"name": {"in": []}}).names == ()
    assert sql_of_rows(dialect, "Investigation", where={"name": {"nin": []}}).names == ()
