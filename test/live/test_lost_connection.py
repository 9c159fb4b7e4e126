"""Databases that go away, come back, stay silent, take too long or are in use by others."""

import json
import signal
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from time import monotonic, sleep
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.pool import NullPool
from werkzeug.test import TestResponse

from datagateway_api.backends.database import backend as backend_module
from datagateway_api.backends.database.tables import describe
from datagateway_api.core import icat_schema
from datagateway_api.sql.connections import SECONDS_OF_SILENCE
from test.support.catalogue import CREATED, app_over, client_of, fill
from test.support.servers import NetworkServer

LONGEST_WAIT = 3.5
"""Seconds within which a request is answered: two for connecting, and what a busy machine adds."""

READS = (
    "/investigations",
    "/investigations?limit=2",
    '/investigations?include={"datasets":"datafiles"}&limit=2',
    '/investigations?include="type"&total=true',
    "/investigations/1",
    "/investigations/findone",
    "/investigations/count",
    '/investigations/count?group_by="type.id"',
    '/investigations?distinct="type.name"',
    "/sessions",
    "/ping",
)


@pytest.fixture(scope="module", params=["mariadb", "postgresql"])
def server(request) -> NetworkServer:
    """Each server that can be away."""
    found: NetworkServer = request.getfixturevalue(f"{request.param}_server")
    return found


@pytest.fixture(scope="module")
def url(server: NetworkServer) -> Iterator[str]:
    """The small catalogue on a server."""
    url = server.create_database()
    fill(url)
    yield url
    server.drop_database(url)


@contextmanager
def connected(url: str) -> Iterator[sa.Connection]:
    with sa.create_engine(url, poolclass=NullPool).begin() as connection:
        yield connection


def kill_connections(url: str) -> int:
    """End all connections to a database but this one, and return their number."""
    with connected(url) as connection:
        if connection.dialect.name == "postgresql":
            statement = (
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            return len(connection.exec_driver_sql(statement).all())
        statement = (
            "SELECT id FROM information_schema.processlist "
            "WHERE db = database() AND id <> connection_id()"
        )
        found = [row[0] for row in connection.exec_driver_sql(statement)]
        for id_ in found:
            connection.exec_driver_sql(f"KILL {id_}")
        return len(found)


def timed(client: FlaskClient, method: str, address: str) -> TestResponse:
    """Return an answer, which must have come in time; a POST logs in."""
    start = monotonic()
    login = {"mechanism": "anon"} if method == "POST" else None
    answer = client.open(address, method=method, json=login)
    assert monotonic() - start < LONGEST_WAIT
    return answer


def body(answer: TestResponse) -> Any:
    return json.loads(answer.data)


def assert_unavailable(answer: TestResponse) -> None:
    assert (answer.status_code, body(answer)["code"]) == (503, "backend_unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    assert "session" not in body(answer)["message"].lower()


@pytest.mark.parametrize("address", READS)
def test_a_request_after_its_connections_were_killed_succeeds(url: str, address):
    with client_of(app_over(url)) as client:
        before = client.get(address)
        assert kill_connections(url) > 0
        after = client.get(address)
        assert (after.status_code, after.data) == (200, before.data)


def test_logging_in_and_out_survives_killed_connections(url: str):
    with client_of(app_over(url, session_cache_seconds=0)) as client:
        for method, status in (("PUT", 200), ("GET", 200), ("DELETE", 204), ("POST", 201)):
            kill_connections(url)
            login = {"mechanism": "anon"} if method == "POST" else None
            assert client.open("/sessions", method=method, json=login).status_code == status


def test_a_pool_full_of_lost_connections_fails_no_request(url: str):
    app = app_over(url, connection_pool_size=4)

    def ask(client: FlaskClient) -> int:
        sleep(0.01)
        return client.get(READS[2]).status_code

    with client_of(app) as client, ThreadPoolExecutor(4) as threads:
        for _ in range(3):
            assert set(threads.map(ask, [client] * 8)) == {200}
            kill_connections(url)
        assert set(threads.map(ask, [client] * 8)) == {200}


def test_a_restart_between_two_requests_is_not_noticed(server: NetworkServer, url: str):
    with client_of(app_over(url)) as client:
        assert client.get("/investigations").status_code == 200
        server.restart()
        assert client.get("/investigations").status_code == 200


def test_a_stopped_server_is_unavailable_until_it_is_back(server: NetworkServer, url: str):
    with client_of(app_over(url, session_cache_seconds=0)) as client:
        with server.stopped():
            for address in (*READS, *READS[:2]):
                assert_unavailable(timed(client, "GET", address))
            assert_unavailable(timed(client, "POST", "/sessions"))
            assert_unavailable(timed(client, "PUT", "/sessions"))
        for address in READS:
            assert client.get(address).status_code == 200


def test_an_api_started_while_the_database_is_away_serves_when_it_is_back(
    server: NetworkServer, url: str
):
    with server.stopped():
        start = monotonic()
        app = app_over(url)
        assert monotonic() - start < LONGEST_WAIT
        for _ in range(2):
            assert_unavailable(timed(app.test_client(), "POST", "/sessions"))
    sleep(1.1)
    with client_of(app) as client:
        assert client.get("/investigations/count").json == 6


def test_a_server_that_accepts_and_never_answers_is_unavailable(server: NetworkServer, url: str):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        elsewhere = sa.make_url(url).set(port=silent.getsockname()[1])
        app = app_over(elsewhere.render_as_string(hide_password=False), connection_timeout=1)
        sleep(1.1)
        assert_unavailable(timed(app.test_client(), "POST", "/sessions"))


@contextmanager
def frozen(server: NetworkServer) -> Iterator[None]:
    """Have the server's process stand still for the length of a `with` block."""
    if server._process is None or server._process._process is None:
        pytest.skip(f"the {server.name} server is given by the environment, not ours to freeze")
    process = server._process._process
    process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)


def test_a_mariadb_that_stands_still_under_a_connection_is_unavailable(mariadb_server):
    url = mariadb_server.create_database()
    fill(url)
    app = app_over(url, query_timeout=0.2, connection_timeout=1)
    with client_of(app) as client:
        client.get("/investigations")
        with frozen(mariadb_server):
            start = monotonic()
            assert_unavailable(client.get("/investigations"))
            assert monotonic() - start < LONGEST_WAIT + SECONDS_OF_SILENCE
        assert client.get("/investigations").status_code == 200
    mariadb_server.drop_database(url)


SLOW = '/datafiles/count?distinct=["dataset.datafiles.dataset.datafiles.name"]'


def add_datafiles(url: str, number: int) -> None:
    table = describe(icat_schema.load()).by_entity["Datafile"]
    stamp = {"CREATE_ID": "a", "CREATE_TIME": CREATED, "MOD_ID": "a", "MOD_TIME": CREATED}
    rows = [{"ID": 100 + n, "NAME": f"f{n}", "DATASET_ID": 1, **stamp} for n in range(number)]
    with connected(url) as connection:
        connection.execute(table.insert(), rows)


@pytest.fixture(scope="module")
def crowded_url(module_database_url: str) -> str:
    """The small catalogue on each database, with one dataset whose files take long to combine."""
    fill(module_database_url)
    add_datafiles(module_database_url, 500)
    return module_database_url


def test_a_statement_that_takes_too_long_is_ended(crowded_url: str):
    with client_of(app_over(crowded_url, query_timeout=0.3)) as client:
        answer = timed(client, "GET", SLOW)
        assert (answer.status_code, body(answer)["code"]) == (504, "backend_unavailable")
        assert int(answer.headers["Retry-After"]) > 0
        assert "in time" in body(answer)["message"]
        assert client.get("/datafiles/count").json == 504


def test_a_statement_within_its_time_is_left_alone(crowded_url: str):
    with client_of(app_over(crowded_url, query_timeout=30)) as client:
        for _ in range(3):
            sleep(0.15)
            assert client.get("/datafiles?limit=200&include=dataset").status_code == 200
    with client_of(app_over(crowded_url, query_timeout=0.3)) as client:
        for _ in range(3):
            sleep(0.15)
            assert client.get("/datafiles?limit=5").status_code == 200


def test_a_full_pool_is_unavailable_until_a_connection_is_free(crowded_url: str, monkeypatch):
    monkeypatch.setattr(backend_module, "ROWS_IN_A_PIECE", 50)
    app = app_over(crowded_url, connection_pool_size=2, pool_timeout=0.2)
    with client_of(app) as client:
        client.get("/datafiles/1")
        other = client.get("/datafiles", buffered=False)
        next(iter(other.response))
        kept = client.get("/datafiles", buffered=False)
        pieces: Iterator[Any] = iter(kept.response)
        next(pieces)
        answer = timed(client, "GET", "/datafiles/1")
        assert_unavailable(answer)
        assert "in use" in body(answer)["message"]
        assert sum(1 for _ in pieces) > 5
        kept.close()
        assert client.get("/datafiles/1").status_code == 200
        other.close()


def test_a_reader_who_goes_away_gives_the_connection_back(crowded_url: str, monkeypatch):
    monkeypatch.setattr(backend_module, "ROWS_IN_A_PIECE", 50)
    app = app_over(crowded_url, connection_pool_size=2, pool_timeout=0.2)
    with client_of(app) as client:
        for address in ("/datafiles", "/datafiles?include=dataset") * 3:
            kept = client.get(address, buffered=False)
            next(iter(kept.response))
            kept.close()
        assert client.get("/datafiles/1").status_code == 200


def test_a_locked_sqlite_file_is_busy_for_writing_and_open_for_reading(sqlite_server):
    url = sqlite_server.create_database()
    fill(url)
    with client_of(app_over(url, connection_timeout=0.3)) as client:
        with sa.create_engine(url, poolclass=NullPool).connect() as other:
            other.exec_driver_sql("BEGIN IMMEDIATE")
            answer = timed(client, "POST", "/sessions")
            assert_unavailable(answer)
            assert client.get("/investigations/count").json == 6
            other.rollback()
        assert client.post("/sessions", json={"mechanism": "anon"}).status_code == 201
    sqlite_server.drop_database(url)
