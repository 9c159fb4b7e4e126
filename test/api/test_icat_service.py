"""The whole service over ICAT: the same document, sessions that are ICAT's, and ICAT away."""

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from test.contract.icats import EVERYBODY_IS_ROOT, ROOT, ServedIcat, served_icat
from test.support.catalogue import app_over, client_of


@pytest.fixture(scope="module")
def icat(tmp_path_factory) -> Iterator[ServedIcat]:
    with served_icat(tmp_path_factory.mktemp("icat"), *EVERYBODY_IS_ROOT) as served:
        yield served


def app_through(icat: ServedIcat, **changes: object):
    settings = {"backend": "python_icat", "icat_url": icat.server.base, "read_only": False}
    return app_over(icat.db_url, **settings, **changes)


@pytest.fixture(scope="module")
def client(icat) -> Iterator[FlaskClient]:
    with client_of(app_through(icat)) as client:
        yield client


def log_in(client: FlaskClient, **body: str):
    return client.post("/sessions", json=body)


def test_the_openapi_document_is_the_same_over_both_backends(icat, client):
    with client_of(app_over(icat.db_url, read_only=False)) as other:
        expected, found = (each.get("/openapi.json").get_json() for each in (other, client))
    assert found["paths"] == expected["paths"]
    assert found["components"] == expected["components"]


def test_a_list_is_one_search_and_at_most_one_look_at_the_session(client):
    backend = client.application.extensions["datagateway_api.catalogue"]
    client.get("/facilities")
    before = backend.call_count()
    answer = client.get('/investigations?include=["datasets","type"]&order="startDate desc"')
    assert (answer.status_code, len(answer.get_json())) == (200, 6)
    assert backend.call_count() - before <= 2


def test_a_user_logs_in_looks_extends_and_logs_out(icat, client):
    made = log_in(client, username=ROOT.username, password=ROOT.password, mechanism="simple")
    assert made.status_code == 201
    id_ = made.get_json()["sessionID"]
    own = {"Authorization": f"Bearer {id_}"}
    seen = client.get("/sessions", headers=own).get_json()
    assert (seen["id"], seen["username"]) == (id_, "simple/root")
    assert client.put("/sessions", headers=own).get_json() == id_
    assert client.delete("/sessions", headers=own).status_code == 204
    for answer in (
        client.get("/sessions", headers=own),
        client.get("/investigations", headers=own),
        client.delete("/sessions", headers=own),
    ):
        assert (answer.status_code, answer.get_json()["code"]) == (403, "session_invalid")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"username": "root", "password": "wrong"}, 403, "forbidden"),
        ({"username": "nobody", "password": ROOT.password}, 403, "forbidden"),
        ({"username": "root", "password": "x", "mechanism": "ldap"}, 400, "bad_request"),
    ],
)
def test_a_login_that_fails_speaks_of_no_session(client, body, status, code):
    answer = log_in(client, **body)
    assert (answer.status_code, answer.get_json()["code"]) == (status, code)
    assert "session" not in answer.get_json()["message"].lower()


def test_neither_passwords_nor_session_ids_are_logged(icat, caplog):
    caplog.set_level("DEBUG")
    with client_of(app_through(icat)) as client:
        login = {"username": ROOT.username, "password": ROOT.password, "mechanism": "simple"}
        id_ = log_in(client, **login).get_json()["sessionID"]
        log_in(client, **{**login, "password": "not the password"})
        own = {"Authorization": f"Bearer {id_}"}
        assert client.get("/investigations", headers=own).status_code == 200
        assert client.get("/sessions", headers=own).status_code == 200
    assert "ICAT 6.2.0 has 53 entities" in caplog.text
    for secret in (id_, ROOT.password, "not the password"):
        assert secret not in caplog.text


def test_an_expired_session_is_refused(icat, client):
    own = {"Authorization": f"Bearer {icat.issue_session('simple/li', timedelta(hours=-1))}"}
    for answer in (
        client.get("/investigations", headers=own),
        client.put("/sessions", headers=own),
    ):
        assert (answer.status_code, answer.get_json()["code"]) == (403, "session_invalid")


def test_a_refused_write_is_told_by_object_and_field(client):
    body = [{"name": "a", "investigation": 1}, {"name": "iron", "investigation": 1}]
    answer = client.post("/keywords", json=body)
    assert (answer.status_code, answer.get_json()["code"]) == (400, "already_exists")
    assert [detail["item"] for detail in answer.get_json()["details"]] == ["[1]"]
    assert client.get('/keywords/count?where={"name":"a"}').get_json() == 0


def test_an_icat_that_is_away_is_told_and_found_again(icat):
    with icat.server.stopped():
        app = app_through(icat, session_cache_seconds=0)
        client = app.test_client()
        for path in ("/ping", "/investigations", "/openapi.json"):
            answer = client.get(path, headers={"Authorization": "Bearer any"})
            assert answer.status_code == 503, path
            assert answer.get_json()["code"] == "backend_unavailable"
            assert int(answer.headers["Retry-After"]) > 0
    deadline = time.monotonic() + 10
    while client.get("/ping").status_code != 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    with client_of(app) as found:
        assert found.get("/investigations/count").get_json() == 6
