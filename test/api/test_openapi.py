"""The OpenAPI document: it says of the live app what is so, and nothing else."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator

from test.support.catalogue import app_over, client_of, fill
from test.support.documented import document_of, validate

METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}


@pytest.fixture(scope="module")
def app(sqlite_url: str) -> Flask:
    return app_over(sqlite_url, read_only=False)


@pytest.fixture(scope="module")
def client(app: Flask) -> Iterator[FlaskClient]:
    with client_of(app) as found:
        yield found


@pytest.fixture(scope="module")
def document(client: FlaskClient) -> dict[str, Any]:
    response = client.get("/openapi.json")
    assert response.status_code == 200
    return response.get_json()


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def routes(app: Flask, extension: str = "") -> set[tuple[str, str]]:
    """Every method of every route of an app, as the document would name it."""
    found = set()
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:\w+:)?(\w+?)_?>", r"{\1}", rule.rule.removeprefix(extension)) or "/"
        found |= {(path, method.lower()) for method in (rule.methods or set()) & METHODS}
    return found


def test_every_route_is_documented_and_nothing_else(app, document):
    assert {(path, method) for path, method, _ in operations(document)} == routes(app)


def test_every_route_behind_an_extension_is_documented_and_nothing_else(sqlite_url):
    app = app_over(sqlite_url, extension="/icat/api")
    document = app.test_client().get("/icat/api/openapi.json").get_json()
    assert document["servers"] == [{"url": "/icat/api"}]
    assert {(path, method) for path, method, _ in operations(document)} == routes(app, "/icat/api")


def test_the_document_is_valid_openapi(document):
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_operation_ids_are_unique_and_every_tag_is_described(document):
    found = [operation for _, _, operation in operations(document)]
    ids = [operation["operationId"] for operation in found]
    assert len(set(ids)) == len(ids)
    described = {tag["name"] for tag in document["tags"] if tag["description"]}
    assert {tag for operation in found for tag in operation["tags"]} == described


def test_every_component_is_used(document):
    text = json.dumps(document)
    unused = [
        f"{kind}/{name}"
        for kind, parts in document["components"].items()
        if kind != "securitySchemes"
        for name in parts
        if f'"#/components/{kind}/{name}"' not in text
    ]
    assert unused == ["responses/Error405"]


def test_only_logging_in_ping_and_the_documentation_need_no_session(document):
    free = {(path, method) for path, method, each in operations(document) if "security" in each}
    assert {path for path, _ in free} == {
        "/sessions", "/ping", "/", "/openapi.json", "/swagger-ui/{name}",
    }  # fmt: skip
    assert [method for path, method in free if path == "/sessions"] == ["post"]


PROGRAM = """
import sys
from pathlib import Path
from datagateway_api.__main__ import main
main(["openapi", "--output", sys.argv[1]])
"""


@pytest.mark.parametrize("seed", ["0", "1"])
def test_the_document_is_the_same_bytes_at_every_start(client, sqlite_url, tmp_path, seed):
    environ = {
        **os.environ,
        "PYTHONHASHSEED": seed,
        "DATAGATEWAY_API__DATAGATEWAY_API": json.dumps(
            {"extension": "/", "backend": "db", "db_url": sqlite_url, "mechanisms": {"anon": True}}
        ),
    }
    file = tmp_path / "openapi.json"
    program = [sys.executable, "-c", PROGRAM, str(file)]
    subprocess.run(program, env=environ, check=True, capture_output=True)
    assert file.read_bytes() == client.get("/openapi.json").data


def test_the_document_is_not_sent_again_to_who_has_it(client):
    first = client.get("/openapi.json")
    again = client.get("/openapi.json", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_an_older_catalogue_lacks_in_the_document_what_it_lacks(sqlite_server):
    url = sqlite_server.create_database()
    fill(url, "4.11")
    app = app_over(url)
    with client_of(app) as client:
        document = client.get("/openapi.json").get_json()
        assert "/subjects" not in document["paths"]
        assert "Subject" not in document["components"]["schemas"]
        investigation = document["components"]["schemas"]["Investigation"]["properties"]
        assert "fundingReferences" not in investigation
        assert "fileSize" not in investigation
        for entity in ("investigations", "datasets", "users", "instruments"):
            validate(client.get(f"/{entity}"), app)
        validate(client.get("/subjects"), app)
    sqlite_server.drop_database(url)


def test_while_the_catalogue_is_away_there_is_no_document_but_a_page():
    app = app_over("mysql://nobody:x@127.0.0.1:1/x", connection_timeout=0.2)
    client = app.test_client()
    response = client.get("/openapi.json")
    assert (response.status_code, response.get_json()["code"]) == (503, "backend_unavailable")
    assert response.headers["Retry-After"]
    assert client.get("/").status_code == 200


def test_max_limit_is_documented(sqlite_url):
    app = app_over(sqlite_url, max_limit=7)
    limit = document_of(app).body["components"]["parameters"]["limit"]
    assert limit["required"]
    assert (limit["schema"]["maximum"], limit["example"]) == (7, 7)


# Examples


def values_of(parameter: dict[str, Any]) -> list[str]:
    """The examples of a parameter, each as it stands in a query string."""
    if "content" in parameter:
        examples = parameter["content"]["application/json"]["examples"].values()
        return [json.dumps(example["value"]) for example in examples]
    found = [*parameter["schema"].get("examples", []), parameter.get("example")]
    return [
        ",".join(value) if isinstance(value, list) else json.dumps(value)
        for value in found
        if value is not None
    ]


def parameters_of(app: Flask, path: str, method: str) -> list[dict[str, Any]]:
    document = document_of(app)
    operation = document.body["paths"][path][method]
    return [
        document.body["components"]["parameters"][each["$ref"].rsplit("/", 1)[1]]
        if "$ref" in each
        else each
        for each in operation.get("parameters", [])
    ]


def asked_with(client: FlaskClient, address: str, parameter: dict[str, Any], value: str) -> Any:
    name = parameter["name"]
    if parameter["in"] == "header":
        return client.get(address, headers={name: json.loads(value)})
    return client.get(f"{address}?{urlencode({name: value})}")


def test_every_example_of_every_parameter_works(app, client, document):
    asked = 0
    for path, method, _ in operations(document):
        for parameter in parameters_of(app, path, method):
            values = values_of(parameter)
            assert values, f"{method} {path}: {parameter['name']} has no example"
            if parameter["in"] == "path" or method != "get":
                continue
            for value in values:
                response = asked_with(client, path.replace("{id}", "1"), parameter, value)
                may_be_absent = response.status_code == 404 and path.endswith(("findone", "{id}"))
                assert response.status_code == 200 or may_be_absent, (
                    path,
                    parameter,
                    response.text,
                )
                validate(response, app)
                asked += 1
    assert asked > 1000


def test_an_example_of_a_path_finds_something(client):
    assert client.get("/investigations/1").status_code == 200
    assert client.get("/swagger-ui/swagger-ui.css").status_code == 200


def test_the_login_example_works(app, document):
    body = document["paths"]["/sessions"]["post"]["requestBody"]["content"]["application/json"]
    response = app.test_client().post("/sessions", json=body["examples"]["anon"]["value"])
    assert response.status_code == 201
    validate(response, app)


def bodies(document: dict[str, Any], method: str) -> dict[str, Any]:
    """The example bodies of one method of every entity, by path."""
    return {
        path: operation["requestBody"]["content"]["application/json"]["example"]
        for path, each, operation in operations(document)
        if each == method and "example" in json.dumps(operation.get("requestBody", {}))
        and path != "/sessions"
    }  # fmt: skip


@pytest.fixture
def own_app(sqlite_server) -> Iterator[Flask]:
    """An app over a catalogue that a test may change."""
    url = sqlite_server.create_database()
    fill(url)
    yield app_over(url, read_only=False)
    sqlite_server.drop_database(url)


def test_every_example_of_a_body_can_be_created_changed_and_deleted(own_app, document):
    with client_of(own_app) as client:
        everywhere = {"applicableToInvestigation": True, "applicableToDatafile": True,
                      "applicableToSample": True, "applicableToDataCollection": True}  # fmt: skip
        assert client.patch("/parametertypes/1", json=everywhere).status_code == 200
        waiting = bodies(document, "post")
        assert len(waiting) == 53
        while waiting:
            answers = {path: client.post(path, json=body) for path, body in waiting.items()}
            for response in answers.values():
                validate(response, own_app)
            done = {path for path, response in answers.items() if _is_there(response)}
            assert done, {path: response.text for path, response in answers.items()}
            waiting = {path: body for path, body in waiting.items() if path not in done}
        changes = bodies(document, "patch")
        assert len(changes) == 106
        for path, body in changes.items():
            response = client.patch(path.replace("{id}", "1"), json=body)
            validate(response, own_app)
            assert _is_there(response), (path, response.text)
        for path, method, _ in operations(document):
            if method == "delete" and path != "/sessions":
                response = client.delete(path.replace("{id}", "1"))
                validate(response, own_app)
                assert response.status_code in (204, 404)


def _is_there(response: Any) -> bool:
    return response.status_code == 200 or response.get_json()["code"] == "already_exists"


# The page


def test_the_page_is_the_same_with_and_without_a_slash(sqlite_url):
    client = app_over(sqlite_url, extension="/icat").test_client()
    assert client.get("/icat").data == client.get("/icat/").data
    assert client.get("/ICAT/OpenAPI.json").status_code == 200


@pytest.mark.parametrize("environ", [{}, {"SCRIPT_NAME": "/outer"}])
def test_every_address_on_the_page_leads_somewhere(app, environ):
    client = app.test_client()
    page = client.get("/", environ_overrides=environ)
    base = environ.get("SCRIPT_NAME", "")
    found = re.findall(r'(?:href|src|document)="([^"]+)"', page.text)
    assert len(found) == 5
    for address in found:
        assert address.startswith(f"{base}/")
        inner = address.removeprefix(base)
        response = client.get(inner, environ_overrides=environ)
        assert response.status_code == 200, address
        validate(client.get(inner), app)
    document = client.get("/openapi.json", environ_overrides=environ).get_json()
    assert document["servers"] == [{"url": base or "/"}]


def test_the_page_allows_nothing_from_elsewhere(client):
    response = client.get("/")
    policy = dict(
        part.split(" ", 1) for part in response.headers["Content-Security-Policy"].split("; ")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == policy["style-src"] == "'self'"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "http" not in response.text.replace("http-equiv", "")


@pytest.mark.parametrize("name", ["nothing.js", "swagger-ui.js", "..%2fopenapi.json", "index.html"])
def test_no_other_file_is_served(client, name):
    response = client.get(f"/swagger-ui/{name}")
    assert (response.status_code, response.get_json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("path", ["/", "/openapi.json", "/swagger-ui/docs_ui.js"])
def test_the_page_and_its_files_take_no_other_method(client, path):
    assert client.post(path).status_code == 405
    assert client.head(path).status_code == 200
