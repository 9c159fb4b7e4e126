"""Malformed bodies: each is refused in words, at once, and leaves everything as it was."""

import json
from collections.abc import Iterator
from io import BytesIO

import pytest

from datagateway_api.core import icat_schema
from test.support.catalogue import app_over, client_of, fill
from test.support.checked import CheckedClient, checked
from test.support.configured import configured
from test.support.malformed_bodies import JSON, ROUTES, MalformedBody, dataset, encoded, rows
from test.support.promptly import promptly

ROWS = tuple(rows())
SECONDS = 1.5
BAD_BODIES = (b"", b"{", b"[]", b'{"nothing":1}', b"x" * 5000)

ODD_BUT_FINE: tuple[tuple[str, str, object], ...] = (
    ("POST", "/DATASETS/", dataset(name="a")),
    ("POST", "/datasets?where={", dataset(name="b", type={"id": "01"})),
    ("POST", "/datasets", []),
    ("POST", "/datacollections", {}),
    ("POST", "/datasets", [dataset(name="2020-01-01", fileSize="5", complete="TRUE")]),
    ("PATCH", "/datasets", []),
    ("PATCH", "/datasets/1", {}),
    ("PATCH", "/datasets/01/", {"sample": {"id": "1"}}),
    ("PATCH", "/datasets", {"id": "01"}),
    ("DELETE", "/Datasets/3?x=y", None),
)


@pytest.fixture(scope="module")
def url(sqlite_server) -> Iterator[str]:
    found = sqlite_server.create_database()
    fill(found)
    yield found
    sqlite_server.drop_database(found)


@pytest.fixture(scope="module")
def writer(url) -> Iterator[CheckedClient]:
    """A client of the small catalogue that may write."""
    with client_of(app_over(url, read_only=False)) as plain:
        yield checked(plain)


def send(client: CheckedClient, row: MalformedBody):
    return client.open(row.url, method=row.method, headers=dict(row.headers), data=row.body)


def contents(client: CheckedClient) -> dict[str, object]:
    names = [entity.endpoint for entity in icat_schema.load().entities.values()]
    return {name: client.get(f"/{name}").json for name in names}


@pytest.mark.parametrize("row", ROWS, ids=[row.id for row in ROWS])
def test_a_malformed_body_is_refused_in_words_and_at_once(writer, row):
    with promptly(SECONDS):
        response = send(writer, row)
    assert (response.status_code, response.get_json()["code"]) == (row.status, row.code)
    assert row.fragment in response.get_json()["message"]
    assert len(response.get_json()["message"]) < 600
    details = response.json.get("details", [])
    assert tuple((each["item"], each["field"]) for each in details) == row.details
    assert all(each.keys() == {"item", "field", "reason"} for each in details)


def test_there_are_many_malformed_bodies_and_no_two_alike():
    assert len(ROWS) >= 120
    asked = {(row.url, row.method, str(row.headers), row.body) for row in ROWS}
    assert len(asked) == len({row.id for row in ROWS}) == len(ROWS)


def test_malformed_bodies_leave_everything_as_it_was(writer):
    before = contents(writer)
    for row in ROWS:
        send(writer, row)
    assert contents(writer) == before


def test_odd_requests_that_are_fine_are_answered(sqlite_server):
    url = sqlite_server.create_database()
    fill(url)
    with client_of(app_over(url, read_only=False)) as plain:
        client = checked(plain)
        for method, path, body in ODD_BUT_FINE:
            sent = {"data": encoded(body), "headers": dict(JSON)} if body is not None else {}
            response = client.open(path, method=method, **sent)
            assert response.status_code in (200, 204), (path, response.text)
    sqlite_server.drop_database(url)


@pytest.mark.parametrize(
    "kind", ["application/json", "application/json; charset=utf-8", "application/hal+json"]
)
def test_any_form_of_json_is_taken(writer, kind):
    response = writer.patch("/datasets", data=b"[]", content_type=kind)
    assert (response.status_code, response.json) == (200, [])


def test_a_body_beyond_max_body_bytes_is_refused(url):
    with client_of(configured(url, {"max_body_bytes": 2000}, read_only=False)) as plain:
        client = checked(plain)
        large = json.dumps(dataset(name="x" * 3000))
        for method, path in ROUTES:
            response = client.open(path, method=method, data=large, headers=dict(JSON))
            assert (response.status_code, response.get_json()["code"]) == (413, "too_large")
            # As a server passes on what comes in chunks.
            unknown_length = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}
            response = client.open(
                path,
                method=method,
                input_stream=BytesIO(large.encode()),
                headers=dict(JSON),
                environ_overrides=unknown_length,
            )
            assert response.status_code == 413
        assert client.patch("/datasets", json=[]).status_code == 200


def test_a_request_with_too_many_objects_is_refused(writer):
    response = writer.post("/datacollections", json=[{}] * 100_001)
    assert (response.status_code, response.get_json()["code"]) == (413, "too_large")
    assert "100000" in response.get_json()["message"]


@pytest.mark.parametrize("body", [b"[" + b"0," * 2_000_000 + b"0]", b"[" * 1000 + b"]" * 1000])
def test_a_body_that_is_large_or_deep_is_refused_soon(writer, body):
    with promptly(SECONDS):
        response = writer.post("/datasets", data=body, headers=dict(JSON))
    assert response.status_code == 400


@pytest.mark.parametrize("body", BAD_BODIES)
def test_without_leave_to_write_no_body_is_looked_at(url, body):
    with client_of(app_over(url, max_limit=None)) as plain:
        client = checked(plain)
        for method, path in (*ROUTES, ("DELETE", "/datasets/1"), ("DELETE", "/datasets/999")):
            response = client.open(path, method=method, data=body)
            assert (response.status_code, response.get_json()["code"]) == (403, "forbidden")
            assert "read-only" in response.get_json()["message"]


@pytest.mark.parametrize("body", BAD_BODIES)
@pytest.mark.parametrize("read_only", [True, False])
def test_first_comes_the_header_then_the_session_then_the_body(url, body, read_only):
    with client_of(app_over(url, read_only=read_only)) as plain:
        client = checked(plain)
        known = client.environ_base.pop("HTTP_AUTHORIZATION")
        for method, path in (*ROUTES, ("DELETE", "/datasets/1"), ("DELETE", "/datasets/999")):
            response = client.open(path, method=method, data=body)
            assert (response.status_code, response.get_json()["code"]) == (401, "no_credentials")
            given = {"Authorization": "Bearer unknown"}
            response = client.open(path, method=method, data=body, headers=given)
            assert (response.status_code, response.get_json()["code"]) == (403, "session_invalid")
        assert client.get("/datasets/1", headers={"Authorization": known}).status_code == 200


def test_each_entity_refuses_what_it_cannot_create(writer):
    """An empty object lacks something, but for the few entities that demand nothing."""
    lacking_nothing = set()
    for entity in icat_schema.load().entities.values():
        for body, statuses in (([{"nothing": 1}], (400,)), ([5], (400,)), ([{}], (200, 400))):
            response = writer.post(f"/{entity.endpoint}", json=body)
            assert response.status_code in statuses
            if response.status_code == 200:
                lacking_nothing.add(entity.name)
                writer.delete(f"/{entity.endpoint}/{response.get_json()[0]['id']}")
            else:
                assert response.get_json()["details"]
    assert lacking_nothing == {"DataCollection"}
