"""The search answers the same on every database."""

import json
from collections.abc import Iterator

import pytest

from test.support import panosc
from test.support.reference_data import dataset, document, fixture
from test.support.searching import BOTH_MAPPING, Asking, search_app

WARM = {"and": [{"name": "temperature"}, {"value": {"gte": 293.15}}, {"unit": "K"}]}
XAS = {"name": {"eq": "x-ray absorption"}}
FILTERS: list[tuple[str, object]] = [
    ("/Documents", None),
    ("/Documents", {"order": ["type DESC", "title"], "skip": 1, "limit": 1}),
    ("/Documents", {"where": {"nor": [{"keywords": "a"}, {"summary": {"like": "x"}}]}}),
    ("/Documents", {"where": {"or": [{"text": "PROPOSAL"}, {"members.role": "owner"}]}}),
    ("/Documents", {"where": {"nor": [{"text": "test_"}, {"text": "100 % (x)"}]}, "order": "type"}),
    ("/Datasets", {"where": {"size": {"between": [-0.5, 122.5]}}, "order": ["size", "title DESC"]}),
    ("/Documents", {"include": [{"relation": "datasets", "scope": {"include": [
        {"relation": "techniques", "scope": {"where": XAS}}, "parameters", "samples"]}}]}),
    ("/Documents", {"include": [{"relation": "members", "scope": {
        "include": ["person", "affiliation", "document"]}}]}),
    ("/Documents", {"query": "publication"}),
    ("/Datasets", {"include": [{"relation": "parameters", "scope": {"where": WARM}}]}),
    ("/Datasets", {"include": [{"relation": "techniques", "scope": {"where": {
        "name": {"nin": ["x-ray absorption"]}}}}]}),
    ("/Datasets", {"where": {"creationDate": {"between": ["2020-05", "2020-06"]}}}),
    ("/Datasets", {"where": {"title": {"like": "PaNOSC%1"}}}),
    ("/Datasets", {"where": {"title": {"regexp": "/dataset [12]$/i"}}}),
    ("/Datasets", {"where": {"parameters.value": {"inq": ["Cu", 930, "20"]}}}),
    ("/Datasets", {"where": {"size": {"gte": 0}}, "fields": ["pid", "size"]}),
    ("/Instruments", {"order": "name", "include": {"relation": "datasets"}}),
    (f"/Datasets/{dataset(1)}/files", {"include": "dataset"}),
    (f"/Documents/{document(1)}", {"include": "parameters"}),
]  # fmt: skip


def opened(url: str) -> Asking:
    panosc.fill(url, fixture())
    return Asking(search_app(url, mapping_file=BOTH_MAPPING))


@pytest.fixture(scope="module")
def sqlite(sqlite_server) -> Iterator[Asking]:
    url = sqlite_server.create_database()
    asking = opened(url)
    yield asking
    asking.app.extensions["datagateway_api.search"].close()
    sqlite_server.drop_database(url)


@pytest.fixture(scope="module")
def search(module_database_url: str) -> Iterator[Asking]:
    asking = opened(module_database_url)
    yield asking
    asking.app.extensions["datagateway_api.search"].close()


@pytest.mark.parametrize(("path", "asked"), FILTERS)
def test_an_answer_is_the_same_on_every_database(sqlite, search, path, asked):
    one, other = (json.loads(each.answer(path, filter=asked).data) for each in (sqlite, search))
    assert other == one
    assert one
    assert "error" not in one


def test_deeply_nested_conditions_are_taken(search):
    where: object = {"type": "proposal"}
    for number in range(40):
        where = {("nor", "and", "or")[number % 3]: [where, {"title": {"neq": f"{number}"}}]}
    response = search.answer("/Documents", filter={"where": where})
    assert response.status_code == 200, response.text
