"""Whatever befalls a busy server, its output and its log file hold no secret.

At the most talkative settings: everything at DEBUG, gunicorn's access lines switched on, and
failures of every layer provoked, tracebacks included.
"""

import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from test.support.catalogue import PASSWORD, USER, fill
from test.support.configured import environment
from test.support.gunicorn import Gunicorn
from test.support.servers import NetworkServer
from util.database_servers import PASSWORD as DATABASE_PASSWORD

BODY = "secret-of-a-body"
WRONG = "secret-wrong-password"
BEARER = "secret-bearer-token"
SECRETS = (PASSWORD, DATABASE_PASSWORD, BODY, WRONG, BEARER)
ROUNDS = 2


@pytest.fixture(scope="module", params=["mariadb", "postgresql"])
def database(request: pytest.FixtureRequest) -> NetworkServer:
    found: NetworkServer = request.getfixturevalue(f"{request.param}_server")
    return found


@pytest.fixture
def url(database: NetworkServer) -> Iterator[str]:
    url = database.create_database()
    fill(url)
    yield url
    database.drop_database(url)


def execute(url: str, statement: str) -> None:
    with sa.create_engine(url, poolclass=NullPool).begin() as connection:
        quote = connection.dialect.identifier_preparer.quote
        connection.exec_driver_sql(re.sub(r"`(\w+)`", lambda found: quote(found[1]), statement))


def ask(server: Gunicorn, method: str, path: str, body: str | None = None) -> int:
    with server.open(path, method, body) as response:
        response.read()
        return int(response.status)


def send_raw(server: Gunicorn, data: bytes) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(data)
        while connection.recv(65536):
            pass


def log_in(server: Gunicorn, password: str) -> str | None:
    body = json.dumps({"username": USER, "password": password})
    with server.open("/sessions", "POST", body) as response:
        found: str | None = json.loads(response.read()).get("sessionID")
        return found


def be_busy(server: Gunicorn, session_id: str) -> set[int]:
    """Ask for what succeeds and for what fails, and return the statuses."""
    server.headers = {"Authorization": f"Bearer {session_id}"}
    statuses = {
        ask(server, method, path, body)
        for method, path, body in (
            ("GET", "/investigations?include=datasets.datafiles", None),
            ("GET", "/sessions", None),
            ("PUT", "/sessions", None),
            ("GET", '/investigations?where={"title":{"regexp":"("}}', None),
            ("POST", "/keywords", f'{{"name": "{BODY}", "investigation": 1}}'),
            ("POST", "/keywords", f'{{"name": "{BODY}", "investigation": 1}}'),
            ("POST", "/keywords", f'{{"name": "{BODY * 100}", "investigation": "{BODY}"}}'),
            ("PATCH", "/investigations/1", f'{{"title": "{BODY}"}}'),
            ("PATCH", "/investigations", f'{{"{BODY}": '),
            ("POST", "/sessions", f'{{"username": "{BODY}", "password": 7}}'),
            ("DELETE", "/keywords/999", None),
        )
    }
    server.headers = {"Authorization": f"Bearer {BEARER}"}
    statuses.add(ask(server, "GET", "/investigations"))
    server.headers = {"Authorization": f"{BEARER}"}
    statuses.add(ask(server, "GET", "/investigations"))
    server.headers = {}
    send_raw(server, b"GET / HTTP/1.1\r\nAuthorization Bearer %s\r\n\r\n" % BEARER.encode())
    send_raw(server, b"GET / HTTP/1.1\r\nAuthorization: Bearer %s\x00\r\n\r\n" % BEARER.encode())
    send_raw(server, b"%s\r\n\r\n" % BODY.encode())
    send_raw(
        server,
        b"POST /keywords HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n%s\r\n" % BODY.encode(),
    )
    return statuses


def test_neither_output_nor_log_file_holds_a_secret(url, database, tmp_path):
    log = tmp_path / "api.log"
    settings = {"log_level": "DEBUG", "log_location": str(log), "log_format": "json"}
    section = {"read_only": False, "session_cache_seconds": 0, "login_failures_per_minute": 99}
    environ = environment(url, settings, **section)
    options = ("--workers=2", "--log-level=debug", "--access-logfile=-", "--capture-output")
    sessions: list[str] = []
    statuses: set[int] = set()
    with Gunicorn(tmp_path, environ, *options) as server:

        def session() -> str:
            found = log_in(server, PASSWORD)
            assert found
            sessions.append(found)
            return found

        for _ in range(ROUNDS):
            assert log_in(server, WRONG) is None
            statuses |= be_busy(server, session())
        # A statement that the database refuses: its error is logged with a traceback.
        execute(url, "ALTER TABLE `KEYWORD` RENAME TO `ELSEWHERE`")
        statuses |= be_busy(server, session())
        with database.stopped():
            statuses |= be_busy(server, sessions[-1])
            assert log_in(server, PASSWORD) is None
    assert {200, 400, 403, 404, 502, 503} <= statuses
    written = log.read_text() + server.log.read_text()
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [line for line in lines if "traceback" in line]
    assert {line["user"] for line in lines if "user" in line} >= {"-", f"simple/{USER}"}
    assert "GET /investigations" in server.log.read_text()
    assert len(set(sessions)) == ROUNDS + 1
    assert [secret for secret in (*SECRETS, *sessions) if secret in written] == []
    assert not re.search(r"SELECT\b.*\bFROM\b|INSERT INTO|UPDATE .* SET", written)
    # What went wrong is there all the same.
    tracebacks = " ".join(line.get("traceback", "") for line in lines)
    assert re.search(r"KEYWORD['\"]? (doesn't|does not) exist", tracebacks)


def test_every_access_line_of_both_workers_has_all_its_facts(sqlite_server, tmp_path):
    url = sqlite_server.create_database()
    fill(url)
    log = tmp_path / "api.log"
    settings = {"log_location": str(log), "log_format": "json"}
    with Gunicorn(tmp_path, environment(url, settings), "--workers=2") as server:
        server.log_in()
        for number in range(20):
            server.headers["X-Request-Id"] = f"mine-{number}"
            server.get("/investigations/1?include=datasets")
    lines = [json.loads(line) for line in Path(log).read_text().splitlines()]
    found = [line for line in lines if line.get("request_id", "").startswith("mine-")]
    assert {line["request_id"] for line in found} == {f"mine-{number}" for number in range(20)}
    for line in found:
        assert (line["method"], line["status"]) == ("GET", 200)
        assert line["route"] == "/investigations/<int64:id_>"
        assert line["user"] == "anon/anon"
        assert line["statements"] in (2, 3)
        assert line["ms"] > 0
