"""Which table of a statement a path means."""

from datagateway_api.backends.database.scopes import Scope
from datagateway_api.core.query.model import Path
from datagateway_api.core.query.names import Names
from datagateway_api.core.query.sharing import Prefix, first_unbound
from test.support.queries import SCHEMA, tables

NAMES = Names(SCHEMA, max_depth=10)


def path(entity: str, dotted: str) -> Path:
    return NAMES.path(SCHEMA.entities[entity], dotted)


def prefix(entity: str, dotted: str) -> Prefix:
    return path(entity, dotted).relations


def root(entity: str) -> Scope:
    return Scope.root(tables(), SCHEMA.entities[entity])


def test_an_attribute_of_the_entity_needs_no_join():
    scope = root("Datafile")
    assert scope.column(path("Datafile", "name")) is scope.base.c["NAME"]
    assert scope.joins == []


def test_the_id_of_a_to_one_target_is_the_foreign_key():
    scope = root("Datafile")
    assert scope.column(path("Datafile", "dataset.id")) is scope.base.c["DATASET_ID"]
    assert scope.joins == []


def test_the_id_two_steps_away_needs_one_join():
    scope = root("Datafile")
    assert scope.column(path("Datafile", "dataset.investigation.id")).name == "INVESTIGATION_ID"
    assert [joined.is_outer for joined in scope.joins] == [True]


def test_paths_with_the_same_beginning_share_their_joins():
    scope = root("Datafile")
    for dotted in ("dataset.name", "dataset.startDate", "dataset.investigation.name"):
        scope.column(path("Datafile", dotted))
    joined = str(scope.from_clause()).replace('"', "").split(" JOIN ")[1:]
    assert [clause.split(" ")[0] for clause in joined] == ["DATASET", "INVESTIGATION"]


def test_one_entity_reached_in_two_ways_is_two_tables():
    scope = root("RelatedDatafile")
    source = scope.column(path("RelatedDatafile", "sourceDatafile.name"))
    target = scope.column(path("RelatedDatafile", "destDatafile.name"))
    assert source.table is not target.table
    assert len(scope.joins) == 2


def test_steps_to_many_rows_are_joined_where_that_is_asked_for():
    scope = root("Investigation")
    scope.join_all(prefix("Investigation", "investigationUsers.user.name"), is_outer=False)
    assert [joined.is_outer for joined in scope.joins] == [False, False]
    assert scope.column(path("Investigation", "investigationUsers.user.name")).name == "NAME"


def test_a_sub_select_is_tied_to_its_parent_by_the_foreign_key():
    scope = root("Investigation")
    users = prefix("Investigation", "investigationUsers.role")
    inner = scope.below(users)
    assert inner.own_key().name == "INVESTIGATION_ID"
    assert scope.anchor(users) is scope.base.c["ID"]
    assert inner.column(path("Investigation", "investigationUsers.role")) is inner.base.c["ROLE"]
    assert not inner.is_correlated


def test_the_anchor_behind_a_to_one_step_is_its_foreign_key():
    scope = root("Datafile")
    anchor = scope.anchor(prefix("Datafile", "dataset.parameters.id"))
    assert anchor is scope.base.c["DATASET_ID"]
    assert scope.joins == []


def test_a_sub_select_that_speaks_of_its_parent_knows_it():
    scope = root("Investigation")
    inner = scope.below(prefix("Investigation", "datasets.name"))
    inner.column(path("Investigation", "title"))
    assert inner.is_correlated
    assert scope.base in inner.outer_tables()


def test_the_table_of_a_prefix_is_looked_for_in_the_parents():
    scope = root("Investigation")
    inner = scope.below(prefix("Investigation", "datasets.name"))
    innermost = inner.below(prefix("Investigation", "datasets.datafiles.name"))
    assert innermost.holder(prefix("Investigation", "datasets.name")) is inner
    assert innermost.holder(()) is scope
    assert innermost.holder(prefix("Investigation", "keywords.name")) is None


def test_the_next_step_to_many_rows_is_the_first_that_is_not_bound():
    scope = root("Investigation")
    deep = prefix("Investigation", "datasets.datafiles.name")
    assert first_unbound(scope, deep) == deep[:1]
    assert first_unbound(scope.below(deep[:1]), deep) == deep
    assert first_unbound(scope, prefix("Investigation", "type.name")) is None
    assert first_unbound(scope, prefix("Investigation", "type.investigations.id")) is not None
