"""The OpenAPI document is valid, its examples work, and answers are as it promises."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from datagateway_api.search import science
from datagateway_api.search.openapi import describe
from test.support.searching import Asking, search_app
from util.icat_db_generator import generate

TECHNIQUES = Path(science.__file__).with_name("techniques_demo.csv")
DOCUMENT: dict[str, Any] = describe("/api").to_dict()


def examples() -> list[tuple[str, str, object]]:
    """Return each documented request: its path, parameter and an example of that."""
    found = []
    for path, operations in DOCUMENT["paths"].items():
        for parameter in operations["get"].get("parameters", ()):
            shown = parameter.get("content", {}).get("application/json", {}).get("examples", {})
            found += [(path, parameter["name"], each["value"]) for each in shown.values()]
        found.append((path, "", None))
    return found


@pytest.fixture(scope="module")
def search(tmp_path_factory: pytest.TempPathFactory) -> Asking:
    """The search over the mock data of the demo."""
    url = f"sqlite:///{tmp_path_factory.mktemp('openapi')}/catalogue.db"
    generate(url, seed=1, years=1, progress=False)
    return Asking(search_app(url, panet_file=str(TECHNIQUES)))


@pytest.fixture(scope="module")
def pids(search: Asking) -> dict[str, str]:
    """An object of each root that has much."""
    scope = {"where": {"size": {"gte": 0}}}
    asked = {"include": [{"relation": "files", "scope": scope}], "limit": 1}
    return {
        "Datasets": search.pids("/Datasets", asked)[0],
        "Documents": search.pids(
            "/Documents",
            {"include": [{"relation": "members", "scope": {"where": {"role": {"neq": None}}}}]},
        )[0],
        "Instruments": search.pids("/Instruments")[0],
    }


@pytest.fixture(scope="module")
def hold():
    """Return a function that holds a body against a schema of the document."""
    resource = DRAFT202012.create_resource(DOCUMENT)
    registry = Registry().with_resource("urn:document", resource)

    def hold_(body: object, pointer: str) -> None:
        Draft202012Validator({"$ref": f"urn:document#{pointer}"}, registry=registry).validate(body)

    return hold_


def test_the_document_is_valid_and_tells_where_the_search_is(search):
    served = search.answer("/openapi.json").json
    validate(served)
    assert served["servers"] == [{"url": "/api"}]
    assert served["info"]["title"] == "Search API"


def test_every_address_is_documented_and_no_other(search):
    served = {
        str(rule).removeprefix("/api").replace("<pid:pid>", "{pid}")
        for rule in search.app.url_map.iter_rules()
    }
    assert served - {"", "/swagger-ui/<name>"} == set(DOCUMENT["paths"])


@pytest.mark.parametrize(("path", "name", "value"), examples())
def test_an_example_works_and_is_answered_as_promised(search, pids, hold, path, name, value):
    address = path.replace("{pid}", quote(pids.get(path.split("/")[1], ""), safe=""))
    response = search.answer(address, **({name: value} if name else {}))
    assert response.status_code == 200, response.text
    pointer = f"/paths/{path.replace('/', '~1')}/get/responses/200/content/application~1json/schema"
    hold(response.json, pointer)
    if value is not None:
        assert response.json not in ([], {"count": 0}), "an example that shows nothing"


@pytest.mark.parametrize(
    "address", ["/Datasets?filter=x", "/Documents/nope", "/nope", "/Datasets/nope/files/count"]
)
def test_a_failure_is_as_promised(search, hold, address):
    response = search.client.get("/api" + address)
    hold(json.loads(response.data), "/components/schemas/Error")
