"""Random conditions over the small catalogue: which related rows they speak about."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datagateway_api.core.query.model import Asked
from test.contract.asking import Asking
from test.contract.databases import backend_over
from test.contract.reference import World, small_catalogue
from test.support.catalogue import fill
from test.support.servers import DatabaseServer

MANY = settings(max_examples=60, suppress_health_check=list(HealthCheck))
SOME = settings(max_examples=15, suppress_health_check=list(HealthCheck))

# MariaDB compares these texts without regard to case, so they differ in more than that.
_ROLES = ["PI", "CI", "none"]
_USERS = ["simple/o'brien", "simple/müller", "simple/li"]
_NAMES = ["DATASET 1", "DATASET 2", "rod", "untyped", "a.nxs", "d.nxs", "metal", "raw"]
_WORDS = ["iron", "ice", "Bragg's law"]

PATHS: dict[str, dict[str, Sequence[Any]]] = {
    "Investigation": {
        "id": [1, 2, 3, 4],
        "type.name": ["experiment", "calibration"],
        "startDate": ["2020-01-01", "2021-06-01"],
        "investigationUsers.role": _ROLES,
        "investigationUsers.user.name": _USERS,
        "investigationUsers.user.investigationUsers.role": _ROLES,
        "investigationUsers.user.studies.name": ["study 1"],
        "investigationInstruments.instrument.id": [1, 2],
        "keywords.name": _WORDS,
        "datasets.name": _NAMES[:2],
        "datasets.complete": [True, False],
        "datasets.type.name": ["raw", "processed"],
        "datasets.sample.name": ["rod", "untyped"],
        "datasets.sample.type.name": ["metal"],
        "datasets.datafiles.name": ["a.nxs", "d.nxs"],
        "datasets.datafiles.fileSize": [0, 10],
        "datasets.parameters.type.name": ["temperature", "note"],
        "datasets.parameters.numericValue": [0.1, -273.15],
        "samples.name": ["rod", "untyped"],
    },
    "Dataset": {
        "id": [1, 2, 3],
        "name": _NAMES[:2],
        "sample.name": ["rod", "untyped"],
        "sample.type.name": ["metal"],
        "sample.datasets.id": [1, 2, 3],
        "investigation.title": ["Phonons in ice"],
        "investigation.keywords.name": _WORDS,
        "investigation.investigationUsers.role": _ROLES,
        "investigation.investigationUsers.user.name": _USERS,
        "datafiles.name": ["a.nxs", "b.nxs", "d.nxs"],
        "datafiles.fileSize": [0, 10],
        "datafiles.datafileFormat.name": ["NeXus"],
        "parameters.type.valueType": ["STRING", "NUMERIC"],
        "parameters.stringValue": ["o.k."],
    },
    "User": {
        "name": _USERS,
        "investigationUsers.role": _ROLES,
        "investigationUsers.investigation.id": [1, 2, 4],
        "investigationUsers.investigation.type.name": ["experiment", "calibration"],
        "investigationUsers.investigation.keywords.name": _WORDS,
        "investigationUsers.investigation.investigationUsers.user.name": _USERS,
        "studies.status": ["NEW", "IN_PROGRESS"],
    },
}
RELATIONS = {
    "Investigation": [
        "keywords", "samples", "datasets.sample", "datasets.datafiles", "datasets.sample.type",
        "investigationUsers.user.studies", "type", "datasets",
    ],
    "Dataset": [
        "sample", "sample.type", "sample.parameters", "datafiles", "datafiles.datafileFormat",
    ],
    "User": ["studies", "investigationUsers.investigation.datasets"],
}  # fmt: skip


@pytest.fixture(scope="module")
def ask(database_server: DatabaseServer) -> Iterator[Asking]:
    """Ask a catalogue whose texts compare by code point, as Python's do."""
    collation = "utf8mb4_nopad_bin" if database_server.name == "mariadb" else None
    url = database_server.create_database(collation)
    fill(url)
    backend = backend_over(url)
    yield Asking(backend)
    backend.close()
    database_server.drop_database(url)


@pytest.fixture(scope="module")
def world(ask: Asking) -> World:
    return small_catalogue(ask.backend.schema())


def comparison(entity: str) -> st.SearchStrategy[dict[str, Any]]:
    """Draw one comparison on one path, or one question whether a related row is there."""
    paths = PATHS[entity]

    def compare(path: str) -> st.SearchStrategy[dict[str, Any]]:
        value = st.sampled_from(list(paths[path]))
        operators = st.one_of(
            st.builds(lambda v: {"eq": v}, value),
            st.builds(lambda v: {"ne": v}, value),
            st.builds(lambda v: {"in": [v]}, value),
            st.builds(lambda v: {"nin": [v]}, value),
            st.builds(lambda v: {"gt": v}, value),
            st.builds(lambda b: {"isnull": b}, st.booleans()),
            st.sampled_from([{"in": []}, {"nin": []}]),
        )
        return operators.map(lambda operator: {path: operator})

    presence = st.builds(
        lambda path, is_null: {path: {"isnull": is_null}},
        st.sampled_from(RELATIONS[entity]),
        st.booleans(),
    )
    compared = st.sampled_from(list(paths)).flatmap(compare)
    return st.one_of(compared, compared, compared, presence)


def condition(entity: str) -> st.SearchStrategy[dict[str, Any]]:
    """Draw a tree of conditions."""
    return st.recursive(
        comparison(entity),
        lambda parts: st.builds(
            lambda word, chosen: {word: chosen},
            st.sampled_from(["and", "and", "or"]),
            st.lists(parts, min_size=1, max_size=3),
        ),
        max_leaves=6,
    )


@pytest.mark.parametrize("entity", PATHS)
def test_random_conditions_find_what_the_specification_says(ask: Asking, world: World, entity):
    @MANY
    @given(condition(entity))
    def look(where: dict[str, Any]) -> None:
        asked = Asked(where=(where,))
        wanted = world.ids(ask.entity(entity), ask.query(entity, asked).where)
        assert ask.ids(entity, asked) == wanted
        assert ask.count(entity, asked) == len(wanted)

    look()


@pytest.mark.parametrize("entity", PATHS)
def test_a_further_condition_never_adds_rows(ask: Asking, entity):
    @SOME
    @given(condition(entity), condition(entity))
    def look(first: dict[str, Any], second: dict[str, Any]) -> None:
        some = ask.ids(entity, Asked(where=(first,)))
        fewer = ask.ids(entity, Asked(where=(first, second)))
        assert set(fewer) <= set(some) & set(ask.ids(entity, Asked(where=(second,))))
        either = ask.ids(entity, Asked(where=({"or": [first, second]},)))
        assert set(either) == set(some) | set(ask.ids(entity, Asked(where=(second,))))

    look()


@pytest.mark.parametrize("entity", PATHS)
def test_the_order_of_conditions_does_not_matter(ask: Asking, entity):
    @SOME
    @given(st.lists(condition(entity), min_size=2, max_size=4))
    def look(parts: list[dict[str, Any]]) -> None:
        found = ask.ids(entity, Asked(where=({"and": parts},)))
        assert ask.ids(entity, Asked(where=({"and": parts[::-1]},))) == found
        assert ask.ids(entity, Asked(where=tuple(parts))) == found

    look()


@pytest.mark.parametrize("entity", PATHS)
def test_pages_partition_the_list_under_any_condition_and_order(ask: Asking, entity):
    paths = st.sampled_from([*PATHS[entity], *RELATIONS[entity]])
    key = st.builds(lambda path, way: f"{path} {way}", paths, st.sampled_from(["asc", "desc"]))

    @SOME
    @given(condition(entity), st.lists(key, max_size=3), st.integers(1, 4))
    def look(where: dict[str, Any], order: list[str], size: int) -> None:
        asked = Asked(where=(where,), order=tuple(order), fields=("id",))
        whole = ask.ids(entity, asked)
        assert len(whole) == len(set(whole)) == ask.count(entity, asked)
        starts = range(0, len(whole) + 1, size)
        pages = [ask.ids(entity, Asked(asked.where, asked.order, size, start)) for start in starts]
        assert [id_ for page in pages for id_ in page] == whole

    look()
