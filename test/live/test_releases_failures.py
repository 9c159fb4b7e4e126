"""Uploads that are killed, writers that meet, and readers meanwhile, under a running server."""

import json
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from datagateway_api.releases.migrations import migrations
from test.support.gunicorn import Gunicorn
from test.support.releases import EXT, PASSWORD, ROWS, WRITER, form_of, opened, password_hash
from util.open_data import datasets

SIZE = 1200
PAGE = 400
TURNS = 3


class Server(Gunicorn):
    """A server of releases, with a session of a writer."""

    def answers(self) -> bool:
        try:
            with self.open(f"{EXT}/releases") as response:
                return response.status == 200
        except OSError:
            return False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{EXT}"

    def session(self) -> requests.Session:
        session = requests.Session()
        body = {"username": WRITER, "password": PASSWORD}
        answer = session.post(f"{self.url}/sessions", json=body, timeout=60)
        session.headers["Authorization"] = f"Bearer {answer.json()['sessionID']}"
        return session

    def upload(self, session: requests.Session, release: str, rows: object) -> requests.Response:
        data, kind = form_of(json.dumps(rows).encode(), "x.json", None, {})
        headers = {"Content-Type": kind}
        url = f"{self.url}/release/create/{release}"
        return session.put(url, data=data, headers=headers, timeout=60)


@pytest.fixture(scope="module")
def server(module_database_url, tmp_path_factory):
    migrations().upgrade(module_database_url)
    section = {
        "extension": EXT,
        "db_url": module_database_url,
        "writers": {WRITER: password_hash()},
        "connection_timeout": 10,
        "pool_timeout": 30,
    }
    environ = {"DATAGATEWAY_API__RELEASES": json.dumps(section)}
    with Server(tmp_path_factory.mktemp("server"), environ, "--workers=2") as running:
        yield running


@pytest.fixture(scope="module")
def session(server):
    with server.session() as session:
        yield session


def get(server, session, path: str, **parameters: object):
    answer = session.get(server.url + path, params=parameters, timeout=60)
    assert answer.status_code == 200, answer.text
    return answer.json()


def kill_workers(server: Server) -> None:
    pid = server._process.pid
    for worker in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        os.kill(int(worker), signal.SIGKILL)


@pytest.mark.parametrize("delay", [0.15, 0.4])
def test_a_killed_upload_leaves_the_release_as_it_was(server, session, delay):
    release = f"killed-{delay}"
    assert server.upload(session, release, ROWS).status_code == 200
    before = get(server, session, f"/releases/{release}")
    changed = [{**row, "kFactor": 9} for row in ROWS] + list(datasets(1000, files=60))
    failed = threading.Event()

    def upload() -> None:
        try:
            answer = server.upload(session, release, changed)
        except requests.RequestException:
            failed.set()
        else:
            assert answer.status_code == 200

    writer = threading.Thread(target=upload)
    writer.start()
    time.sleep(delay)
    kill_workers(server)
    writer.join(60)
    while not server.answers():
        time.sleep(0.05)
    with requests.Session() as reader:
        after = get(server, reader, f"/releases/{release}")
        if failed.is_set():
            assert after == before
        else:
            assert after["dataset_count"] == len(changed)
    # Nothing is left that would hold up the next one.
    assert server.upload(session, release, [{"dataset_number": "z"}]).json()["created"] == 1


@pytest.mark.parametrize("mode", ["whole", "in chunks"])
def test_after_an_upload_that_was_refused_unread_the_connection_goes_on(server, mode):
    """The next request may be one that nobody repeats by himself, such as logging in again."""
    with requests.Session() as nobody:
        for _ in range(3):
            data = [b"x" * 65_536] * 50
            answer = nobody.put(
                f"{server.url}/release/create/refused",
                data=b"".join(data) if mode == "whole" else iter(data),
                headers={"Content-Type": "text/plain"},
                timeout=60,
            )
            assert answer.status_code == 401
            answer = nobody.post(f"{server.url}/sessions", json={}, timeout=60)
            assert answer.status_code == 400


def test_writers_of_one_release_lose_no_field_and_make_no_duplicate(server):
    """Each writer has a field of its own on the same datasets, and creates some of them."""
    release, names = "shared", ["kFactor", "genFiltEff", "sumOfWeights", "nEvents"]
    numbers = [str(n) for n in range(40)]

    def write(place: int) -> list[int]:
        session = server.session()
        found = []
        for turn in range(TURNS):
            rows = [{"dataset_number": n, names[place]: turn} for n in numbers]
            rows = rows if place % 2 else rows[::-1]
            found.append(server.upload(session, release, rows).status_code)
            path = f"{server.url}/release/update/{release}/{numbers[turn]}"
            body = {"updates": {f"own{place}": turn}}
            found.append(session.patch(path, json=body, timeout=60).status_code)
        session.close()
        return found

    with ThreadPoolExecutor(len(names)) as writers:
        statuses = [s for found in writers.map(write, range(len(names))) for s in found]
    assert set(statuses) == {200}
    with requests.Session() as reader:
        found = get(server, reader, "/datasets", release_name=release, limit=1000)
        total = get(server, reader, f"/releases/{release}/history", limit=1)
    assert [each["dataset_number"] for each in found] == sorted(numbers)
    for each in found:
        assert [each[name] for name in names] == [TURNS - 1] * len(names)
    by_number = {each["dataset_number"]: each for each in found}
    for turn in range(TURNS):
        own = [by_number[numbers[turn]][f"own{place}"] for place in range(len(names))]
        assert own == [turn] * len(names)
    assert total


def test_parallel_pages_hold_every_dataset_once_while_an_upload_runs(server, session):
    release = "paged"
    rows = list(datasets(SIZE, files=2))
    assert server.upload(session, release, rows).status_code == 200
    wanted = [row["dataset_number"] for row in rows]
    factors = [row["kFactor"] for row in rows]

    def upload() -> None:
        own = server.session()
        for turn in range(2):
            changed = [{**row, "kFactor": turn} for row in rows]
            more = [{"dataset_number": f"later-{turn}-{n}"} for n in range(100)]
            assert server.upload(own, release, changed + more).status_code == 200
        own.close()

    def page(place: int) -> list[dict]:
        start = {"release_name": release, "skip": PAGE * place, "limit": PAGE}
        return get(server, readers[place], "/datasets", **start)

    writer = threading.Thread(target=upload)
    writer.start()
    readers = [requests.Session() for _ in range(3)]
    rounds = 0
    with ThreadPoolExecutor(3) as pool:
        while writer.is_alive():
            pages = list(pool.map(page, range(3)))
            assert [each["dataset_number"] for found in pages for each in found] == wanted
            for place, found in enumerate(pages):
                # A page is of one moment: before, between or after the uploads.
                seen = [each["kFactor"] for each in found]
                moments = [factors[PAGE * place :][:PAGE], [0.0] * PAGE, [1.0] * PAGE]
                assert seen in moments
            rounds += 1
            time.sleep(0.05)
    writer.join(60)
    for reader in readers:
        reader.close()
    assert rounds


@pytest.mark.parametrize("kind", ["mariadb", "postgresql"])
def test_a_database_that_comes_back_costs_no_request_and_away_is_503(request, kind):
    database = request.getfixturevalue(f"{kind}_server")
    url = database.create_database()
    with opened(url, session_cache_seconds=0) as releases:
        releases.upload("r", ROWS)
        database.restart()
        assert len(releases.json("/datasets", release_name="r")) == 3
        assert releases.upload("r", ROWS).get_json()["unchanged"] == 3
        with database.stopped():
            for response in (
                releases.get("/datasets"),
                releases.get("/releases"),
                releases.get("/releases/r/export"),
                releases.upload("r", ROWS),
            ):
                assert response.status_code == 503
                assert int(response.headers["Retry-After"]) > 0
        assert len(releases.json("/datasets", release_name="r")) == 3
    database.drop_database(url)
