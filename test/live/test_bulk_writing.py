"""Very many objects in one request: in few statements, in little time and memory."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from datagateway_api.backends.database.create import create_triggers, sum_file_sizes
from datagateway_api.backends.database.tables import describe
from datagateway_api.core import icat_schema
from test.support.bulk import add_datafiles
from test.support.catalogue import app_over, client_of, fill
from test.support.configured import environment
from test.support.gunicorn import Gunicorn

CREATED = 10_000
DELETED = 100_000
SECONDS_TO_CREATE = {"sqlite": 2.0, "mysql": 4.0, "postgresql": 4.0}
"""The promise is for SQLite; drivers of servers take more for as many rows."""
SECONDS_TO_DELETE = {"sqlite": 5.0, "mysql": 5.0, "postgresql": 8.0}
BUSY = 4
"""How many times slower a machine may be that does other things as well. On SQLite everything is
done by the process itself, so there its own processor time shows the figure whatever else runs."""
MEGABYTE = 1 << 20


@pytest.fixture
def url(database_url: str) -> str:
    """The small catalogue in a database of each kind, for one test."""
    fill(database_url)
    return database_url


def test_a_long_list_is_created_in_few_statements_and_soon(url):
    app = app_over(url, read_only=False)
    backend = app.extensions["datagateway_api.catalogue"]
    files = [{"dataset": 3, "name": f"f{n}", "fileSize": n} for n in range(CREATED)]
    body = json.dumps(files)
    statements: list[str] = []
    engine = backend._connections.engine
    sa.event.listen(
        engine, "before_cursor_execute", lambda _c, _k, statement, *_: statements.append(statement)
    )
    with client_of(app) as client:
        before = backend.call_count()
        started, worked = time.monotonic(), time.process_time()
        response = client.post("/datafiles", data=body, content_type="application/json")
        seconds, worked = time.monotonic() - started, time.process_time() - worked
        assert response.status_code == 200
        assert backend.call_count() - before <= 30
        assert sum(each.startswith("INSERT INTO") for each in statements) == CREATED / 1000
        promised = SECONDS_TO_CREATE[sa.make_url(url).get_backend_name()]
        assert seconds <= BUSY * promised
        assert worked <= promised
        assert [row["name"] for row in json.loads(response.data)] == [f["name"] for f in files]


@pytest.fixture
def large(url: str, tmp_path: Path) -> Iterator[Gunicorn]:
    """A server over a catalogue whose first investigation has very many datafiles."""
    # Every third one goes to another investigation.
    add_datafiles(url, DELETED * 3 // 2)
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        if connection.dialect.name != "postgresql":
            create_triggers(connection, describe(icat_schema.load()))
        sum_file_sizes(connection)
    engine.dispose()
    with Gunicorn(tmp_path, environment(url, {}, read_only=False), "--timeout=120") as server:
        server.log_in()
        yield server


def test_an_investigation_with_very_many_files_is_deleted_soon_and_in_flat_memory(url, large):
    where = '/datafiles/count?where={"dataset.investigation.id":%s}'
    doomed, kept = large.get(where % 1), large.get(where % 2)
    assert doomed == DELETED
    before = large.memory("VmRSS")
    large.forget_peak()
    started, worked = time.monotonic(), large.processor_seconds()
    with large.open("/investigations/1", "DELETE") as response:
        assert response.status == 204
    seconds, worked = time.monotonic() - started, large.processor_seconds() - worked
    assert seconds <= BUSY * SECONDS_TO_DELETE[sa.make_url(url).get_backend_name()]
    assert worked <= SECONDS_TO_DELETE["sqlite"]
    assert large.memory("VmHWM") - before < 30 * MEGABYTE
    assert large.get("/datafiles/count") == large.get(where % 2) == kept
    investigation = large.get("/investigations/2")
    assert isinstance(investigation, dict)
    assert investigation["fileCount"] == kept
