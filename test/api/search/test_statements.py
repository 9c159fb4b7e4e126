"""How many statements an answer takes: as many as the request has parts, whatever the rows."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from test.support import panosc
from test.support.reference_data import dataset, document, fixture
from test.support.searching import PANOSC_MAPPING, Asking, search_app
from util.icat_db_generator import generate

PORTAL = {"limit": 50, "include": [{"relation": "datasets", "scope": {"include": [
    {"relation": "techniques"}, {"relation": "parameters"}]}}]}  # fmt: skip
MEMBERS = {"include": [{"relation": "members", "scope": {"include": ["person", "affiliation"]}}]}

MOST: Mapping[str, tuple[str, Mapping[str, object] | None, int]] = {
    "list": ("/Documents", {"limit": 50}, 2),
    "portal": ("/Documents", PORTAL, 5),
    "datasets": ("/Datasets", None, 1),
    "instruments": ("/Instruments", {"where": {"datasets.title": {"neq": "x"}}}, 1),
    "count": ("/Documents/count", None, 1),
    "by pid": (f"/Documents/{document(1)}", MEMBERS, 6),
    "files": (f"/Datasets/{dataset(1)}/files", None, 2),
    "files count": (f"/Datasets/{dataset(1)}/files/count", None, 2),
    "nothing": ("/Documents", {"where": {"isPublic": False}}, 0),
}


def counted(search: Asking, path: str, asked: object) -> tuple[int, Any]:
    """Return the number of statements that a request takes, and its answer."""
    backend = search.app.extensions["datagateway_api.search"]
    before = backend.call_count()
    response = search.answer(path, **({} if asked is None else {"filter": asked}))
    assert response.status_code == 200, response.text
    return backend.call_count() - before, json.loads(response.data)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Asking:
    url = f"sqlite:///{tmp_path_factory.mktemp('small')}/catalogue.db"
    panosc.fill(url, fixture())
    return Asking(search_app(url, mapping_file=PANOSC_MAPPING))


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Asking:
    url = f"sqlite:///{tmp_path_factory.mktemp('large')}/catalogue.db"
    generate(url, seed=1, years=2, progress=False)
    return Asking(search_app(url, mapping_file=PANOSC_MAPPING))


@pytest.mark.parametrize("name", MOST)
def test_a_request_takes_few_statements(small, name):
    path, asked, most = MOST[name]
    number, _ = counted(small, path, asked)
    assert number <= most


def test_the_number_does_not_grow_with_the_rows(small, large):
    for path, asked in (("/Documents", PORTAL), ("/Datasets", {"include": ["files"]})):
        few, some = counted(small, path, asked)
        many, more = counted(large, path, asked)
        assert few == many
        assert len(more) > len(some)
