"""One log line a request, with what it took and without secrets."""

import json
import logging

import pytest

from datagateway_api.web import logs
from test.support.catalogue import PASSWORD, USER, app_over, client_of, fill


@pytest.fixture(scope="module")
def url(sqlite_server):
    url = sqlite_server.create_database()
    fill(url)
    return url


@pytest.fixture
def lines(caplog):
    caplog.set_level(logging.DEBUG)

    def found():
        return [record for record in caplog.records if hasattr(record, "access")]

    return found


def test_a_list_with_two_includes_is_one_line_that_counts_three_statements(url, lines):
    with client_of(app_over(url)) as client:
        client.get("/investigations?limit=0").close()  # from here on the session is remembered
        before = len(lines())
        headers = {"X-Request-Id": "mine-1"}
        client.get("/investigations?include=type,datasets", headers=headers).close()
        (line,) = lines()[before:]
    assert line.access["route"] == "/investigations"
    assert line.access["method"] == "GET"
    assert line.access["status"] == 200
    assert line.access["statements"] == 3
    assert line.access["user"] == "anon/anon"
    assert line.access["request_id"] == "mine-1"
    assert line.access["ms"] >= 0
    assert "GET /investigations 200" in line.getMessage()


def test_the_route_of_one_object_is_its_pattern(url, lines):
    with client_of(app_over(url)) as client:
        client.get("/investigations/1").close()
        assert lines()[-1].access["route"] == "/investigations/<int64:id_>"


def test_failures_are_lines_too(url, lines):
    with client_of(app_over(url)) as client:
        client.get("/nowhere").close()
        assert lines()[-1].access["status"] == 404
        client.get("/investigations?limit=-1").close()
        assert lines()[-1].access["status"] == 400


def test_neither_session_ids_nor_passwords_nor_queries_are_logged(url, caplog):
    caplog.set_level(logging.DEBUG)
    with client_of(app_over(url)) as client:
        body = {"username": USER, "password": PASSWORD}
        session = client.post("/sessions", json=body).get_json()["sessionID"]
        client.post("/sessions", json={"username": USER, "password": "wrong-one"})
        header = {"Authorization": f"Bearer {session}"}
        client.get('/investigations?where={"name":"hidden-word"}', headers=header).close()
    everything = caplog.text
    assert "GET /investigations 200" in everything
    for secret in (PASSWORD, session, "wrong-one", "hidden-word"):
        assert secret not in everything


def test_a_json_line_is_one_object_with_the_facts_as_keys(url, lines):
    with client_of(app_over(url)) as client:
        client.get("/ping").close()
    line = json.loads(logs.JsonLines().format(lines()[-1]))
    assert line["route"] == "/ping"
    assert line["level"] == "INFO"
    assert "\n" not in logs.JsonLines().format(lines()[-1])
