"""Which queries share a compiled statement, and what is bound for each."""

import pytest

from datagateway_api.backends.database.plans import LONGEST_BLOCK, Plans
from datagateway_api.sql.prepared import Prepared, prepare
from test.support.queries import by_id, compiler, count, engine_dialect, rows


def plans(dialect: str = "sqlite") -> Plans:
    return Plans(compiler(dialect), engine_dialect(dialect))


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ({"where": {"name": "a"}}, {"where": {"name": "b"}}, True),
        ({"where": {"id": {"in": [1]}}}, {"where": {"id": {"in": [2, 3]}}}, True),
        ({"limit": 5}, {"limit": 50}, True),
        ({"skip": 5}, {"skip": 50}, True),
        ({"skip": 0}, {"skip": 50}, False),
        ({"limit": 5}, {}, False),
        ({"limit": LONGEST_BLOCK}, {"limit": LONGEST_BLOCK + 1}, False),
        ({"order": "name"}, {"order": "name desc"}, False),
        ({"include": "type"}, {}, False),
        ({"include": "type"}, {"include": '["TYPE"]'}, True),
        ({"fields": "name"}, {}, False),
        ({"distinct": "name"}, {"distinct": "title"}, False),
        ({"total": "true"}, {}, True),
    ],
)
def test_queries_that_differ_in_values_only_share_a_plan(one, other, is_same):
    kept = plans()
    first, second = (kept.rows(rows("Investigation", **asked)) for asked in (one, other))
    assert (first is second) is is_same


def test_the_same_query_has_a_plan_for_each_kind_of_request():
    kept, query = plans(), by_id("Investigation")
    found = [kept.rows(query), kept.one(query), kept.count(query)]
    assert len({plan.prepared.sql for plan in found}) == 3


def test_queries_of_two_entities_share_nothing():
    kept = plans()
    assert kept.rows(rows("Dataset")) is not kept.rows(rows("Datafile"))


def test_plans_of_two_catalogues_share_nothing():
    query = rows("Investigation")
    assert plans().rows(query) is not plans().rows(query)


@pytest.mark.parametrize(
    ("asked", "values"),
    [
        ({}, {"limit": None, "skip": 0}),
        ({"limit": 5, "skip": 1, "where": {"name": "a"}}, {"limit": 5, "skip": 1, "p0": "a"}),
        (
            {"where": {"or": [{"id": {"between": [1, 2]}}, {"id": 3}]}},
            {"limit": None, "skip": 0, "p0": 1, "p0b": 2, "p1": 3},
        ),
    ],
)
def test_the_values_of_a_query_have_their_bind_names(asked, values):
    assert plans().values(rows("Investigation", **asked)) == values


def test_the_parameters_are_in_the_order_of_the_statement():
    kept = plans()
    query = rows("Investigation", where={"name": "a", "id": 5}, limit=3, skip=2)
    assert kept.rows(query).prepared.parameters(kept.values(query)) == ("a", 5, 3, 2)


def test_a_driver_that_wants_names_gets_names():
    kept = plans("postgresql")
    query = rows("Investigation", where={"name": "a"}, limit=3)
    assert kept.rows(query).prepared.parameters(kept.values(query)) == {"p0": "a", "limit": 3}


def test_a_skip_without_a_limit_is_a_statement_of_its_own():
    kept = plans()
    query = rows("Investigation", skip=2)
    plan = kept.rows(query)
    assert 2 in tuple(plan.prepared.parameters(kept.values(query)))


def test_a_plan_has_one_statement_for_each_included_relation():
    query = rows("Investigation", include='["type",{"datasets":["type","datafiles"]}]')
    datasets, type_ = plans().rows(query).includes
    assert (datasets.name, datasets.is_many) == ("datasets", True)
    assert (type_.name, type_.is_many) == ("type", False)
    assert [child.name for child in datasets.children] == ["datafiles", "type"]


def test_the_keys_of_an_include_stand_behind_the_text_of_a_row():
    query = rows("Investigation", include='["type","datasets"]')
    datasets, type_ = plans().rows(query).includes
    assert {datasets.key, type_.key} == {1, 2}
    assert datasets.tie == type_.tie == 1


@pytest.mark.parametrize(
    ("dialect", "entity", "asked", "is_joined"),
    [
        ("mysql", "Datafile", {"limit": 1000}, True),
        ("mysql", "Datafile", {"limit": LONGEST_BLOCK + 1}, False),
        ("mysql", "Datafile", {}, False),
        ("mysql", "Datafile", {"limit": 5, "include": "dataset"}, False),
        ("mysql", "Datafile", {"limit": 5, "distinct": "name"}, False),
        ("mysql", "DatasetParameter", {"limit": 5}, False),
        ("sqlite", "Datafile", {"limit": 1000}, False),
        ("postgresql", "Datafile", {"limit": 1000}, False),
    ],
)
def test_mysql_joins_the_rows_of_short_lists(dialect, entity, asked, is_joined):
    plan = plans(dialect).rows(rows(entity, **asked))
    assert (plan.block is not None) is is_joined


def test_the_joined_rows_keep_their_order():
    query = rows("Datafile", limit=5, order="dataset.name desc")
    block = plans("mysql").rows(query).block
    assert block is not None
    keys = block.sql.partition("ORDER BY ")[2].partition(" SEPARATOR")[0]
    assert [key for key in keys.split(", ") if " NULL" not in key] == ["t.k0 DESC", "t.k1 ASC"]


def test_a_count_by_groups_has_a_plan():
    plan = plans().groups(count("Investigation", group_by="type.id"))
    assert plan.render(('{"type":{"id":1},"count":5}',)) == '{"type":{"id":1},"count":5}'


def test_a_value_that_the_compiler_bound_itself_wins():
    prepared = Prepared("?", ("a", "param_1"), True, {"param_1": -1})
    assert prepared.parameters({"a": 5}) == (5, -1)


def test_a_statement_knows_how_its_driver_wants_values():
    statement = compiler("sqlite").rows(rows("Investigation", limit=1)).select
    assert prepare(statement, engine_dialect("sqlite")).is_positional
    assert not prepare(statement, engine_dialect("postgresql")).is_positional
