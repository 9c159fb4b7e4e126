"""The Postman collection: up to date, and every request in it works on a mock catalogue."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from datagateway_api.core import icat_schema
from test.support.catalogue import PASSWORD, USER, app_over
from test.support.checked import checked
from test.support.documented import document_of
from test.support.postman import Runner, items
from test.support.searching import search_app
from util.icat_db_generator.load import generate
from util.postman.collection import SCHEMA, build

FILE = Path(__file__).parents[2] / "postman_collection.json"
COLLECTION: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
CATALOGUE, SEARCH = COLLECTION["item"]
REQUESTS = list(items(CATALOGUE))
ENTITIES = icat_schema.load().entities
LOGIN = {"username": USER, "password": PASSWORD}


@pytest.fixture(scope="module")
def url(sqlite_server) -> Iterator[str]:
    """A fresh mock catalogue."""
    found = sqlite_server.create_database()
    generate(found, seed=1, years=1, progress=False)
    yield found
    sqlite_server.drop_database(found)


@pytest.fixture(scope="module")
def app(url: str) -> Iterator[Flask]:
    """An app over the mock catalogue, in which everything is allowed."""
    app = app_over(url, read_only=False, extension="/icat")
    yield app
    app.extensions["datagateway_api.catalogue"].close()


def runner(app: Flask) -> Runner:
    client = checked(app.test_client(), "/icat")
    return Runner(client, COLLECTION, LOGIN | {"catalogue": "/icat"})


def counts(app: Flask, run: Runner) -> dict[str, int]:
    headers = {"Authorization": f"Bearer {run.variables['session']}"}
    client = app.test_client()
    return {
        entity.name: client.get(f"/icat/{entity.endpoint}/count", headers=headers).get_json()
        for entity in ENTITIES.values()
    }


def test_the_file_is_what_the_data_makes_of_it():
    assert build() == FILE.read_text(encoding="utf-8"), "run: python -m util.postman"


def run_all(run: Runner, requests: Iterable[tuple[str, dict[str, Any]]] = REQUESTS) -> list[str]:
    """Send every request in its order, and return what went wrong."""
    failed = []
    for place, item in requests:
        try:
            run.send(item)
        except AssertionError as error:
            failed.append(f"{place}: {error}")
    return failed


def test_every_request_works_and_what_was_there_before_stays(app):
    run = runner(app)
    for _, item in REQUESTS[:5]:
        run.send(item)
    before = counts(app, run)
    assert run_all(run) == []
    after = counts(app, run)
    assert all(before[name] <= after[name] <= before[name] + 2 for name in ENTITIES)


def test_every_request_works_again(app):
    client = app.test_client()
    assert run_all(Runner(client, COLLECTION, LOGIN | {"catalogue": "/icat"})) == []


def test_what_is_changed_or_deleted_is_what_the_run_created():
    ids = re.compile(r"\{\{new\w+Id\}\}")
    for place, item in REQUESTS:
        request = item["request"]
        if request["method"] in ("PATCH", "DELETE") and not place.startswith("Sessions"):
            in_path = ids.search(request["url"]["path"][-1])
            assert in_path or ids.search(request["body"]["raw"]), place


def test_a_request_that_deletes_or_changes_does_nothing_before_anything_was_created(app):
    run = runner(app)
    for _, item in REQUESTS[:5]:
        run.send(item)
    before = counts(app, run)
    for _, item in REQUESTS:
        path = run.path(item["request"]["url"])
        if item["request"]["method"] == "DELETE" and "sessions" not in path:
            with pytest.raises(AssertionError, match="method_not_allowed"):
                run.send(item)
    assert counts(app, run) == before


def test_every_operation_of_the_document_is_in_the_collection(app):
    document = document_of(app)
    wanted = Counter(
        (method.upper(), document.path(path.replace("{id}", "1"), ""))
        for path, methods in document.body["paths"].items()
        for method in methods
        if path != "/swagger-ui/{name}"
    )
    found: Counter[tuple[str, str | None]] = Counter()
    for _, item in REQUESTS:
        path = "/" + "/".join(item["request"]["url"]["path"])
        path = re.sub(r"\{\{\w+Id\}\}", "1", path)
        if not path.startswith("/swagger-ui"):
            found[item["request"]["method"], document.path(path, "")] += 1
    assert found.keys() == wanted.keys()


def test_every_entity_has_a_folder_with_every_kind_of_request():
    folders = {folder["name"]: folder["item"] for folder in CATALOGUE["item"]}
    assert set(folders) == {*ENTITIES, "Sessions", "Service"}
    for name in ENTITIES:
        methods = Counter(item["request"]["method"] for item in folders[name])
        assert methods["GET"] == 4
        assert (methods["PATCH"], methods["DELETE"]) == (2, 1)
        assert methods["POST"] == (1 if name == "PublicStep" else 2)


def test_the_collection_is_of_the_format_that_postman_reads():
    assert COLLECTION["info"]["schema"] == SCHEMA
    keys = [each["key"] for each in COLLECTION["variable"]]
    assert len(keys) == len(set(keys))
    assert {"host", "session", "catalogue"} <= set(keys)
    requests = list(items(COLLECTION))
    names = [place for place, _ in requests]
    assert len(names) == len(set(names))
    for _, item in requests:
        used = set(re.findall(r"\{\{(\w+)\}\}", json.dumps(item)))
        assert used <= set(keys)


def test_logging_in_stores_the_session_in_an_environment_variable(app):
    logins = [item for place, item in REQUESTS if "Log in" in place]
    assert len(logins) == 2
    for item in logins:
        run = runner(app)
        (script,) = [event["script"]["exec"] for event in item["event"]]
        assert any('pm.environment.set("session"' in line for line in script)
        run.send(item)
        assert run.variables["session"]


def test_every_request_of_the_search_works(url):
    app = search_app(url)
    requests = list(items(SEARCH))
    run = Runner(app.test_client(), COLLECTION, {"search": "/api"})
    assert run_all(run, requests) == []
    assert all(run.variables[f"{name}Pid"] for name in ("dataset", "document", "instrument"))
    paths = json.loads(app.test_client().get("/api/openapi.json").data)["paths"]
    asked = {"/" + "/".join(item["request"]["url"]["path"]) for _, item in requests}
    assert {re.sub(r"\{\{\w+\}\}", "{pid}", path) for path in asked} == set(paths)
    assert all(item["request"]["auth"] == {"type": "noauth"} for _, item in requests)
    app.extensions["datagateway_api.search"].close()
