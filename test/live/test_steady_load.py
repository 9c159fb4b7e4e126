"""A steady load that meets reloads, recycled workers and a database that goes away and returns."""

import json
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
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
    "/ping",
)
LONGEST_WAIT = 2.0
"""Seconds within which a request is answered while the database is away, beside what this load
takes on this machine anyway."""
PATIENCE = 20
ENOUGH = 40


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


def nine_tenths(seconds: list[float]) -> float:
    """Return the time within which nine of ten requests were answered."""
    return sorted(seconds)[len(seconds) * 9 // 10]


def assert_all_right(load: Load, right: Mapping[str, bytes]) -> None:
    assert load.failures() == []
    assert [answer for answer in load.answers if not is_right(answer, right)] == []


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.05)


def has_two_but(server: Gunicorn, others: set[int]) -> bool:
    """Say whether a server has two workers, and none of some others."""
    workers = server.workers()
    return len(workers) == 2 and others.isdisjoint(workers)


def wait_for_answers_sent_since(moment: float, load: Load) -> None:
    """Wait until so many requests were sent after a moment and have been answered."""
    wait_until(lambda: sum(answer.sent >= moment for answer in load.answers) >= ENOUGH)


def test_a_reload_loses_no_request_and_gives_no_wrong_answer(server):
    right = right_answers(server)
    with Load(server.port, PATHS, server.headers) as load:
        for _ in range(2):
            wait_for_answers_sent_since(time.monotonic(), load)
            old = set(server.workers())
            server.signal(signal.SIGHUP)
            wait_until(partial(has_two_but, server, old))
        wait_for_answers_sent_since(time.monotonic(), load)
    assert_all_right(load, right)


@pytest.mark.parametrize("database", ["mariadb"], indirect=True)
def test_replacing_workers_after_so_many_requests_loses_none(url, tmp_path):
    often = ("--max-requests=60", "--max-requests-jitter=30")
    with serving(url, tmp_path, *often) as server:
        right, seen = right_answers(server), set(server.workers())
        with Load(server.port, PATHS, server.headers) as load:
            deadline = time.monotonic() + PATIENCE
            while len(seen) <= 5 and time.monotonic() < deadline:
                time.sleep(0.05)
                seen |= set(server.workers())
        assert_all_right(load, right)
        assert len(seen) > 5


def test_a_restart_of_the_database_gives_503_at_once_and_then_answers_again(server, database):
    right, workers = right_answers(server), set(server.workers())
    with Load(server.port, PATHS, server.headers) as load:
        wait_for_answers_sent_since(time.monotonic(), load)
        with database.stopped():
            gone = time.monotonic()
            wait_for_answers_sent_since(gone, load)
            returns = time.monotonic()
        returned = time.monotonic()
        wait_for_answers_sent_since(returned + 0.5, load)
    assert load.failures() == []
    unavailable = [answer for answer in load.answers if answer.status == 503]
    for answer in unavailable:
        body = json.loads(answer.body)
        assert (body["code"], body["status"]) == ("backend_unavailable", 503)
        assert int(answer.headers["Retry-After"]) > 0
    others = [answer for answer in load.answers if answer.status != 503]
    assert [answer for answer in others if not is_right(answer, right)] == []
    while_away = [a for a in load.answers if gone <= a.sent and a.sent + a.seconds <= returns]
    assert len(while_away) >= ENOUGH
    assert {answer.status for answer in while_away} == {503}
    usual = [answer.seconds for answer in load.answers if answer.sent + answer.seconds < gone]
    assert nine_tenths([a.seconds for a in while_away]) < LONGEST_WAIT + nine_tenths(usual)
    assert max(a.seconds for a in unavailable) < 2 * LONGEST_WAIT + max(usual)
    later = [answer for answer in load.answers if answer.sent > returned + 0.5]
    assert {answer.status for answer in later} == {200}
    assert workers <= set(server.workers())
