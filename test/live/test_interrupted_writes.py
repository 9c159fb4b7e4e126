"""Writes of server processes that are killed, or that get in each other's way."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from test.support.catalogue import fill
from test.support.configured import environment
from test.support.gunicorn import Gunicorn

DATASETS, FILES = 4, 12_000
CLIENTS = 8
SECONDS = 60
ENTITIES = ("investigations", "datasets", "datafiles", "keywords")


@pytest.fixture
def url(database_url: str) -> str:
    """The small catalogue in a database of each kind, for one test."""
    fill(database_url)
    return database_url


@pytest.fixture
def server(url: str, tmp_path: Path) -> Iterator[Gunicorn]:
    """A server with two workers that may write."""
    environ = environment(url, {}, read_only=False, connection_timeout=20, pool_timeout=20)
    with Gunicorn(tmp_path, environ, "--workers=2", "--threads=4", "--timeout=120") as found:
        found.log_in()
        yield found


def nested() -> str:
    """Return the body of an investigation with very many files."""
    files = [{"name": f"file {n}", "fileSize": 1} for n in range(FILES)]
    datasets = [{"name": f"d{n}", "type": 1, "datafiles": files} for n in range(DATASETS)]
    body = {"name": "big", "visitId": "1", "title": "Big", "facility": 1, "type": 1}
    return json.dumps(body | {"datasets": datasets, "keywords": [{"name": "big"}]})


def is_amid_writing(url: str) -> bool:
    """Say whether somebody has written much that is not committed yet."""
    log = Path(f"{sa.make_url(url).database}-wal")
    return log.exists() and log.stat().st_size > 1_000_000


def wait_for(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not is_so():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.01)


def totals(server: Gunicorn) -> dict[str, object]:
    return {name: server.get(f"/{name}/count") for name in ENTITIES}


def sent(server: Gunicorn, method: str, path: str, body: object = None) -> tuple[int, Any]:
    """Send JSON and return the status and the JSON of the answer."""
    with server.open(path, method, json.dumps(body)) as response:
        text = response.read()
        return response.status, json.loads(text) if text else None


@pytest.mark.parametrize("database_server", ["sqlite"], indirect=True)
def test_a_worker_killed_amid_a_nested_create_leaves_nothing_behind(url, tmp_path):
    environ = environment(url, {}, read_only=False)
    with Gunicorn(tmp_path, environ, "--timeout=120") as server, ThreadPoolExecutor(1) as pool:
        server.log_in()
        before = totals(server)
        sending = pool.submit(server.open, "/investigations", "POST", nested())
        wait_for(lambda: is_amid_writing(url))
        server.kill_worker()
        with pytest.raises((HTTPException, OSError)):
            sending.result()
        wait_for(server.answers)
        assert totals(server) == before
        status, created = sent(server, "POST", "/datafiles", {"name": "after", "dataset": 3})
        assert status == 200
        assert created["id"] not in (None, 0)
        assert totals(server) == before | {"datafiles": int(str(before["datafiles"])) + 1}


WAITS_AFTER_WRITING = {
    "mysql": "SELECT COUNT(*) FROM information_schema.innodb_trx "
    "WHERE trx_state = 'LOCK WAIT' AND trx_rows_modified > 0",
    "postgresql": "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND wait_event_type = 'Lock' AND backend_xid IS NOT NULL",
}
OPEN = {
    "mysql": "SELECT COUNT(*) FROM information_schema.innodb_trx JOIN "
    "information_schema.processlist ON id = trx_mysql_thread_id "
    "WHERE db = DATABASE() AND id <> CONNECTION_ID()",
    "postgresql": "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()",
}


@contextmanager
def locked_dataset_type(url: str) -> Iterator[None]:
    """Keep a row, which a new dataset refers to, for the length of a `with` block."""
    with sa.create_engine(url, poolclass=NullPool).begin() as connection:
        quote = connection.dialect.identifier_preparer.quote
        lock = f"SELECT 1 FROM {quote('DATASETTYPE')} WHERE {quote('ID')} = 1 FOR UPDATE"
        connection.exec_driver_sql(lock)
        yield


def number(url: str, statements: Mapping[str, str]) -> int:
    """Return what a statement counts, in the words of the database."""
    with sa.create_engine(url, poolclass=NullPool).connect() as connection:
        return int(connection.exec_driver_sql(statements[connection.dialect.name]).scalar_one())


@pytest.mark.parametrize("database_server", ["mariadb", "postgresql"], indirect=True)
def test_a_worker_killed_between_two_levels_of_a_create_leaves_nothing_behind(url, tmp_path):
    """The investigation is written, and its datasets wait for a lock."""
    datasets = [{"name": f"d{n}", "type": 1, "datafiles": [{"name": "f"}]} for n in (0, 1)]
    body = {"name": "big", "visitId": "1", "title": "Big", "facility": 1, "type": 1}
    nested = json.dumps(body | {"keywords": [{"name": "big"}], "datasets": datasets})
    environ = environment(url, {}, read_only=False)
    with Gunicorn(tmp_path, environ) as server, ThreadPoolExecutor(1) as pool:
        server.log_in()
        before = totals(server)
        with locked_dataset_type(url):
            sending = pool.submit(server.open, "/investigations", "POST", nested)
            wait_for(lambda: number(url, WAITS_AFTER_WRITING) == 1)
            server.kill_worker()
            with pytest.raises((HTTPException, OSError)):
                sending.result()
        wait_for(lambda: number(url, OPEN) == 0)
        wait_for(server.answers)
        assert totals(server) == before
        with server.open("/investigations", "POST", nested) as response:
            assert response.status == 200
        assert totals(server) == {
            name: int(str(count)) + {"investigations": 1, "keywords": 1}.get(name, 2)
            for name, count in before.items()
        }


def test_of_many_who_create_one_key_in_several_processes_exactly_one_wins(server):
    with ThreadPoolExecutor(CLIENTS) as pool:
        for turn in range(5):
            body = [{"name": f"{name} {turn}", "investigation": 3} for name in ("one", "other")]
            found = list(
                pool.map(
                    lambda _, body=body: sent(server, "POST", "/keywords", body), range(CLIENTS)
                )
            )
            assert Counter(status for status, _ in found) == {200: 1, 400: CLIENTS - 1}
            reason = f'Keyword exists with name = "one {turn}", investigation = 3'
            for status, answer in found:
                if status == 400:
                    assert answer["code"] == "already_exists"
                    assert answer["details"][0]["reason"] == reason
    where = '?where={"investigation.id":3}'
    assert server.get(f"/keywords/count{where}") == 10


def test_of_many_who_change_one_row_in_several_processes_the_last_stays(server):
    def change(who: int) -> list[Any]:
        answers = []
        for turn in range(5):
            body = {"title": f"{who} {turn}", "summary": f"{who} {turn}"}
            status, answer = sent(server, "PATCH", "/investigations/3", body)
            assert (status, answer["title"]) == (200, body["title"])
            answers.append(answer)
        return answers

    with ThreadPoolExecutor(CLIENTS) as pool:
        found = list(pool.map(change, range(CLIENTS)))
    status, row = sent(server, "GET", "/investigations/3")
    assert (status, row["title"]) == (200, row["summary"])
    assert row in [answers[-1] for answers in found]


def test_many_who_write_all_sorts_of_things_get_no_other_answer_than_promised(server):
    """Creates, moves and deletes around one investigation, each of which may find it gone."""

    def work(who: int) -> Counter[tuple[int, str]]:
        found: Counter[tuple[int, str]] = Counter()
        for turn in range(6):
            files = [{"name": f"f{n}", "fileSize": 1} for n in range(20)]
            dataset = {"name": f"{who} {turn}", "investigation": 1, "type": 1, "datafiles": files}
            status, own = sent(server, "POST", "/datasets", dataset)
            found[status, "POST"] += 1
            moved = [{"id": own["id"], "investigation": 2}] if status == 200 else []
            found[sent(server, "PATCH", "/datasets", moved)[0], "PATCH"] += 1
            file = own["datafiles"][0]["id"] if status == 200 else 1
            found[sent(server, "DELETE", f"/datafiles/{file}")[0], "DELETE"] += 1
            if who == 0 and turn == 3:
                found[sent(server, "DELETE", "/investigations/1")[0], "DELETE"] += 1
        return found

    with ThreadPoolExecutor(CLIENTS) as pool:
        found = sum(pool.map(work, range(CLIENTS)), Counter[tuple[int, str]]())
    assert {status for status, _ in found} <= {200, 204, 400, 404}
    assert found[200, "POST"] >= CLIENTS
    assert server.get("/investigations/2") == {
        **sent(server, "GET", "/investigations/2")[1],
        "fileCount": server.get('/datafiles/count?where={"dataset.investigation.id":2}'),
    }
