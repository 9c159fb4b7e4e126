"""The anonymous session at ICAT: opened when needed, shared between threads, renewed when ended."""

import json
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import sleep
from typing import Any

import pytest

from test.support import panosc
from test.support.icat_server import IcatServer
from test.support.reference_data import fixture
from test.support.searching import PANOSC_MAPPING, Asking, search_app

THREADS = 8


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sessions") / "catalogue.db"
    panosc.fill(f"sqlite:///{path}", fixture())
    return path


@pytest.fixture(scope="module")
def server(path: Path) -> Iterator[IcatServer]:
    options = ("--root-users", "simple/root anon/anon")
    with IcatServer(path.parent, f"sqlite:///{path}", *options) as server:
        yield server


def asking(server: IcatServer) -> Asking:
    settings: dict[str, Any] = {
        "backend": "python_icat",
        "icat_url": server.base,
        "mapping_file": PANOSC_MAPPING,
    }
    return Asking(search_app("sqlite:///unused.db", **settings))


def sessions(path: Path) -> int:
    with sqlite3.connect(path) as connection:
        (number,) = connection.execute("SELECT COUNT(*) FROM SESSION_").fetchone()
    connection.close()
    return int(number)


def end_sessions(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM SESSION_")
    connection.close()


def test_many_threads_share_one_session(server, path):
    end_sessions(path)
    search = asking(server)
    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(lambda _: len(search.rows("/Instruments")), range(3 * THREADS)))
    assert answers == [15] * (3 * THREADS)
    assert sessions(path) == 1


def test_a_session_that_has_ended_is_replaced_without_a_failed_request(server, path):
    search = asking(server)
    assert search.count("/Datasets") == 4
    end_sessions(path)
    with ThreadPoolExecutor(THREADS) as pool:
        counts = list(pool.map(lambda _: search.count("/Datasets"), range(2 * THREADS)))
    assert counts == [4] * (2 * THREADS)
    assert 1 <= sessions(path) <= THREADS


def test_the_search_starts_without_icat_and_works_once_it_is_there(server):
    with server.stopped():
        search = asking(server)
        response = search.answer("/Documents")
        assert response.status_code == 503
        assert response.get_json()["error"]["statusCode"] == 503
        assert response.headers["Retry-After"]
        assert search.answer("/").get_json()["version"]
    for _ in range(30):
        response = search.answer("/Documents")
        if response.status_code == 200:
            break
        sleep(0.1)
    assert len(response.get_json()) == 2


def test_a_mapping_without_a_rule_is_warned_of(server, path, caplog):
    mapping = json.loads(Path(PANOSC_MAPPING).read_text("utf-8"))
    del mapping["visibility"]
    file = path.with_name("silent.json")
    file.write_text(json.dumps(mapping))
    settings = {"backend": "python_icat", "icat_url": server.base}
    search_app("sqlite:///unused.db", **settings, mapping_file=PANOSC_MAPPING)
    assert "no 'visibility'" not in caplog.text
    search_app("sqlite:///unused.db", **settings, mapping_file=str(file))
    assert "no 'visibility'" in caplog.text
