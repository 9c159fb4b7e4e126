"""Lists and what they include, held against a naive reading of the same filters."""

from collections.abc import Mapping
from random import Random
from typing import Any

import pytest

from test.api.search.conftest import OpenSearch
from test.support import naive_search, panosc
from test.support.naive_search import RELATIONS, ROOTS, Thing, joined, matches, meets
from test.support.searching import PANOSC_MAPPING, Asking

SEED = 5
BATCHES = range(8)
IN_A_BATCH = 25


@pytest.fixture(scope="module")
def things() -> Mapping[str, list[Thing]]:
    return naive_search.things(naive_search.catalogue(Random(SEED)))


@pytest.fixture(scope="module")
def search(tmp_path_factory: pytest.TempPathFactory, open_search: OpenSearch) -> Asking:
    path = tmp_path_factory.mktemp("naive") / "catalogue.db"
    panosc.fill(f"sqlite:///{path}", naive_search.catalogue(Random(SEED)))
    return open_search(path, mapping_file=PANOSC_MAPPING)


@pytest.mark.parametrize("batch", BATCHES)
def test_a_list_has_what_a_naive_reading_finds(search, things, batch):
    pick = Random(batch)
    for _ in range(IN_A_BATCH):
        root = pick.choice(ROOTS)
        where, include = naive_search.where_of(pick, root), []
        if pick.random() < 0.6:
            where, include = (
                where if pick.random() < 0.5 else {},
                naive_search.includes_of(pick, root),
            )
        wanted = [
            each
            for each in sorted(things[root], key=lambda each: each.pid)
            if meets(each, where) and all(joined(each, one) for one in include)
        ]
        asked = {"where": where, "include": include}
        rows = search.rows(f"/{root}s", asked)
        assert [row["pid"] for row in rows] == [each.pid for each in wanted], asked
        for row, each in zip(rows, wanted, strict=True):
            assert shape_of_row(row, root, include) == shape(each, include), asked


def shape(thing: Thing, includes: list[Any]) -> Any:
    """Return how many objects are included, by relation and below; a technique is a set's."""
    return {
        relation: sorted(
            repr(shape(each, below(scopes)))
            for each in thing.related.get(relation, ())
            if any(matches(each, scope) for scope in scopes)
        )
        for relation, scopes in grouped(includes, thing.kind).items()
    }


def shape_of_row(row: Mapping[str, Any], kind: str, includes: list[Any]) -> Any:
    found = {}
    for relation, scopes in grouped(includes, kind).items():
        related = row[relation] if isinstance(row[relation], list) else [row[relation]]
        target = RELATIONS[kind][relation]
        found[relation] = sorted(
            repr(shape_of_row(each, target, below(scopes))) for each in related if each is not None
        )
    return found


def grouped(includes: list[Any], kind: str) -> dict[str, list[Any]]:
    """Return the scopes of each relation but techniques, which are not cut tag by tag."""
    found: dict[str, list[Any]] = {}
    for include in includes:
        if RELATIONS[kind][include["relation"]] != "Technique":
            found.setdefault(include["relation"], []).append(include["scope"])
    return found


def below(scopes: list[Any]) -> list[Any]:
    return [include for scope in scopes for include in scope.get("include", ())]


def test_the_catalogue_hides_a_document(things, search):
    assert len(things["Document"]) == search.count("/Documents") == 5
    assert len(naive_search.catalogue(Random(SEED))["documents"]) == 6
