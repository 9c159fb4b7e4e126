"""Schemathesis makes up requests from the live document, right and wrong ones; no answer differs.

No answer may be a 500, or have a status, a type, a header or a body that the document does not
promise. What is made up is the same at each run.
"""

from collections.abc import Callable, Iterator
from contextlib import nullcontext, suppress

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.errors import UnsupportedSchema
from schemathesis.schemas import APIOperation, BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from test.support.catalogue import app_over, fill
from test.support.releases import EXT, ROWS, opened
from test.support.searching import search_app

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
RIGHT, WRONG = GenerationMode.POSITIVE, GenerationMode.NEGATIVE
PLAIN = ("sessions", "ping", "swagger-ui", "")
VARIED = ("facilities", "investigations", "datasets", "datafiles", "datasetparameters",
          "parametertypes", "studies", "datacollections", "investigationusers")  # fmt: skip
"""Between them they have every type of attribute, and every kind of relation and key."""
MISTAKEN = ("datafiles", "datasetparameters", "studies")
"""Wrong requests take long to make up, so there are fewer of them."""
CASES = [
    *((first, mode, 5) for first in PLAIN for mode in (RIGHT, WRONG)),
    *((first, RIGHT, 4) for first in VARIED),
    *((first, WRONG, 3) for first in MISTAKEN),
]


@pytest.fixture(scope="module")
def app(sqlite_server) -> Iterator[Flask]:
    """An app over a catalogue that may be changed."""
    url = sqlite_server.create_database()
    fill(url)
    app = app_over(url, read_only=False)
    yield app
    app.extensions["datagateway_api.catalogue"].close()
    sqlite_server.drop_database(url)


@pytest.fixture(scope="module")
def document(app: Flask) -> BaseSchema:
    return schemathesis.openapi.from_wsgi("/openapi.json", app)


def session_of(app: Flask) -> str:
    answer = app.test_client().post("/sessions", json={"mechanism": "anon"})
    return f"Bearer {answer.get_json()['sessionID']}"


def operations(document: BaseSchema, first: str) -> Iterator[APIOperation]:
    """The operations of all paths that begin with a segment."""
    for found in document.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        if operation.path.strip("/").split("/")[0] == first:
            yield operation


def try_out(
    operation: APIOperation, mode: GenerationMode, examples: int, log_in: Callable[[], str] | None
) -> set[int]:
    """Make up requests for an operation, and return the statuses that were seen."""
    statuses = set()
    once = log_in() if log_in is not None else ""

    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def hold(case: Case) -> None:
        headers = {"Accept-Encoding": "identity"}
        if log_in is not None:
            headers["Authorization"] = log_in() if operation.path.endswith("/sessions") else once
        response = case.call(headers=headers)
        statuses.add(response.status_code)
        case.validate_response(response, checks=CHECKS, headers=headers)

    # There is no wrong way to ask where nothing can be asked.
    with suppress(Unsatisfiable, UnsupportedSchema) if mode is WRONG else nullcontext():
        hold()
    return statuses


@pytest.mark.parametrize(
    ("first", "mode", "examples"),
    CASES,
    ids=[f"{first or 'page'}-{m.value}" for first, m, _ in CASES],
)
def test_no_answer_differs_from_the_document(app, document, first, mode, examples):
    statuses: set[int] = set()
    asked = list(operations(document, first))
    assert len(asked) == (8 if first in VARIED else 4 if first == "sessions" else 1)
    for operation in asked:
        statuses |= try_out(operation, mode, examples, lambda: session_of(app))
    if first in VARIED:
        assert {200, 400, 404} <= statuses if mode is RIGHT else {400, 404} <= statuses


@pytest.mark.parametrize("mode", [RIGHT, WRONG], ids=["right", "wrong"])
def test_no_answer_of_the_search_differs_from_its_document(sqlite_server, mode):
    url = sqlite_server.create_database()
    fill(url)
    app = search_app(url)
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", app)
    statuses: set[int] = set()
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        statuses |= try_out(found.ok(), mode, 5, None)
    assert {200, 400, 404} <= statuses
    app.extensions["datagateway_api.search"].close()
    sqlite_server.drop_database(url)


@pytest.mark.parametrize("mode", [RIGHT, WRONG], ids=["right", "wrong"])
def test_no_answer_of_the_releases_differs_from_their_document(sqlite_server, mode):
    url = sqlite_server.create_database()
    with opened(url) as manager:
        manager.upload("2024r-pp", ROWS)
        app = manager.client.application
        schema = schemathesis.openapi.from_wsgi(f"{EXT}/openapi.json", app)
        statuses: set[int] = set()
        for found in schema.get_all_operations():
            assert isinstance(found, Ok)
            operation = found.ok()
            statuses |= try_out(operation, mode, 3, lambda: f"Bearer {manager.log_in()}")
    assert {400, 404, 422} <= statuses
    sqlite_server.drop_database(url)
