"""A steady load that meets reloads, recycled workers and a database that goes away and returns."""

import json
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from test.support.catalogue import fill
from test.support.configured import environment
from test.support.gunicorn import Gunicorn
from test.support.load import Answer, Load
from test.support.servers import NetworkServer

PATHS = (
    "/investigations?limit=25",
    "/investigations/1?include=datasets",
    "/investigations/count",
    '/datasets?where={"type.name":"raw"}',
    "/users?order=name",
    "/datafiles?distinct=name",
)
LONGEST_WAIT = 2.0
"""Seconds within which a request is answered while the database is away."""
BUSY = 1.0
"""Seconds that a machine may add which does other things as well."""


@contextmanager
def serving(url: str, folder: Path, *options: str) -> Iterator[Gunicorn]:
    """Two workers over a catalogue."""
    with Gunicorn(folder, environment(url, {}), "--workers=2", *options) as server:
        server.log_in()
        yield server


@pytest.fixture(scope="module", params=["mariadb", "postgresql"])
def database(request: pytest.FixtureRequest) -> NetworkServer:
    found: NetworkServer = request.getfixturevalue(f"{request.param}_server")
    return found


@pytest.fixture(scope="module")
def url(database: NetworkServer) -> Iterator[str]:
    url = database.create_database()
    fill(url)
    yield url
    database.drop_database(url)


@pytest.fixture(scope="module")
def server(url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gunicorn]:
    with serving(url, tmp_path_factory.mktemp("server")) as server:
        yield server


def right_answers(server: Gunicorn) -> dict[str, bytes]:
    found = {}
    for path in PATHS:
        with server.open(path) as response:
            assert response.status == 200
            found[path] = response.read()
    return found


def is_right(answer: Answer, right: Mapping[str, bytes]) -> bool:
    return answer.status == 200 and answer.body == right[answer.path]


def assert_all_right(load: Load, right: Mapping[str, bytes]) -> None:
    assert load.failures() == []
    assert [answer for answer in load.answers if not is_right(answer, right)] == []


def test_a_reload_loses_no_request_and_gives_no_wrong_answer(server):
    right, before = right_answers(server), set(server.workers())
    with Load(server.port, PATHS, server.headers) as load:
        for _ in range(2):
            time.sleep(0.7)
            server.signal(signal.SIGHUP)
            time.sleep(2.5)
    assert_all_right(load, right)
    assert len(load.answers) > 100
    assert len(server.workers()) == 2
    assert before.isdisjoint(server.workers())


@pytest.mark.parametrize("database", ["mariadb"], indirect=True)
def test_replacing_workers_after_so_many_requests_loses_none(url, tmp_path):
    often = ("--max-requests=60", "--max-requests-jitter=30")
    with serving(url, tmp_path, *often) as server:
        right, seen = right_answers(server), set(server.workers())
        with Load(server.port, PATHS, server.headers) as load:
            for _ in range(15):
                time.sleep(0.2)
                seen |= set(server.workers())
        assert_all_right(load, right)
        assert len(seen) > 4


def test_a_restart_of_the_database_gives_503_at_once_and_then_answers_again(server, database):
    right, workers = right_answers(server), set(server.workers())
    with Load(server.port, PATHS, server.headers) as load:
        time.sleep(0.7)
        with database.stopped():
            gone = time.monotonic()
            time.sleep(1.5)
            returns = time.monotonic()
        returned = time.monotonic()
        time.sleep(2.5)
    assert load.failures() == []
    unavailable = [answer for answer in load.answers if answer.status == 503]
    for answer in unavailable:
        body = json.loads(answer.body)
        assert (body["code"], body["status"]) == ("backend_unavailable", 503)
        assert int(answer.headers["Retry-After"]) > 0
        assert answer.seconds < LONGEST_WAIT + BUSY
    others = [answer for answer in load.answers if answer.status != 503]
    assert [answer for answer in others if not is_right(answer, right)] == []
    while_away = [a for a in load.answers if gone <= a.sent and a.sent + a.seconds <= returns]
    assert len(while_away) > 20
    assert {answer.status for answer in while_away} == {503}
    quick = sorted(answer.seconds for answer in while_away)
    assert quick[len(quick) * 9 // 10] < LONGEST_WAIT
    later = [answer for answer in load.answers if answer.sent > returned + 0.5]
    assert len(later) > 20
    assert {answer.status for answer in later} == {200}
    assert set(server.workers()) == workers
