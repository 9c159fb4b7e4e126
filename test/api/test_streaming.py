"""Long answers: complete, in order, in little memory, and never cut off without a sign."""

import json
import logging
from http.client import IncompleteRead

import pytest
import sqlalchemy as sa

from datagateway_api.core.errors import ApiError
from test.support.bulk import add_datafiles
from test.support.catalogue import app_over, client_of, fill
from test.support.configured import environment
from test.support.gunicorn import Gunicorn

ROWS = 60_000
MANY_ROWS = 200_000
PAGE = 4999
SMALL_POOL = {"connection_pool_size": 3, "pool_timeout": 0.5}
MEGABYTE = 1 << 20


@pytest.fixture(scope="module")
def long_url(sqlite_server):
    """A catalogue with many datafiles, on SQLite."""
    url = sqlite_server.create_database()
    fill(url)
    add_datafiles(url, ROWS)
    yield url
    sqlite_server.drop_database(url)


@pytest.fixture(scope="module")
def long_client(long_url):
    """A plain client, for answers too long to validate row by row."""
    with client_of(app_over(long_url, **SMALL_POOL)) as client:
        yield client


@pytest.fixture(scope="module", params=["mariadb", "postgresql"])
def server_client(request):
    """A client of a catalogue with many datafiles on each database server."""
    server = request.getfixturevalue(f"{request.param}_server")
    url = server.create_database()
    fill(url)
    add_datafiles(url, 20_000)
    with client_of(app_over(url, **SMALL_POOL)) as client:
        yield client
    server.drop_database(url)


def ids(rows: list[dict[str, int]]) -> list[int]:
    return [row["id"] for row in rows]


def test_an_unlimited_list_is_complete_and_in_order(long_client):
    rows = long_client.get("/datafiles").get_json()
    assert ids(rows) == list(range(1, ROWS + 1))
    assert rows[-1]["name"] == f"file {ROWS}.nxs"


def test_an_unlimited_list_is_what_its_pages_are(long_client):
    query = "order=dataset.id desc&order=fileSize"
    whole = long_client.get(f"/datafiles?{query}").get_json()
    pages: list[dict[str, object]] = []
    while page := long_client.get(f"/datafiles?{query}&limit={PAGE}&skip={len(pages)}").get_json():
        pages += page
    assert pages == whole


@pytest.mark.parametrize("limit", [4999, 5000, 5001, 9999, 10_000, 10_001, 60_000, 60_001])
def test_a_long_list_ends_where_its_limit_says(long_client, limit):
    rows = long_client.get(f"/datafiles?limit={limit}&fields=id").get_json()
    assert ids(rows) == list(range(1, min(limit, ROWS) + 1))


def test_a_stream_has_includes_from_its_first_row_to_its_last(long_client):
    query = "include=dataset.investigation,parameters&fields=name&limit=12000&order=id desc"
    rows = long_client.get(f"/datafiles?{query}").get_json()
    assert ids(rows) == list(range(ROWS, ROWS - 12_000, -1))
    for row in rows:
        assert row["dataset"]["id"] == 1 + row["id"] % 3
        assert row["dataset"]["investigation"]["id"] == (2 if row["dataset"]["id"] == 3 else 1)
        assert row["parameters"] == []


def test_distinct_rows_stream_too(long_client):
    rows = long_client.get("/datafiles?distinct=name&order=name").get_json()
    names = [row["name"] for row in rows]
    assert len(names) == ROWS
    assert names == sorted(set(names))


def test_a_stream_knows_its_total(long_client):
    response = long_client.get("/datafiles?total=true&fields=id&limit=6000")
    assert response.headers["X-Total-Count"] == str(ROWS)
    assert len(response.get_json()) == 6000


def test_a_stream_is_valid_utf_8_and_json_at_every_border(long_client):
    response = long_client.get("/datafiles?fields=name")
    assert response.content_length is None
    assert json.loads(b"".join(response.iter_encoded()))[5000]["id"] == 5001


@pytest.mark.parametrize("path", ["/datafiles", "/datafiles?include=dataset"])
def test_a_reader_who_stops_early_frees_the_connection(long_client, path):
    for _ in range(8):
        response = long_client.get(path, buffered=False)
        assert next(response.iter_encoded()).startswith(b'[{"id":1,')
        response.close()
    assert long_client.get("/datafiles/count").get_json() == ROWS


@pytest.mark.parametrize("path", ["/datafiles", "/datafiles?include=dataset"])
def test_a_reader_who_never_starts_frees_the_connection(long_client, path):
    for _ in range(8):
        assert long_client.head(path).status_code == 200
    assert len(long_client.get("/datafiles?fields=id").get_json()) == ROWS


def test_streams_on_database_servers_are_complete_and_can_be_left(server_client):
    for path in ("/datafiles?fields=name", "/datafiles?fields=name&include=dataset"):
        for _ in range(5):
            response = server_client.get(path, buffered=False)
            next(response.iter_encoded())
            response.close()
            assert server_client.head(path).status_code == 200
        rows = server_client.get(path).get_json()
        assert ids(rows) == list(range(1, 20_001))
    assert server_client.get("/datafiles/count").get_json() == 20_000


@pytest.fixture
def broken_url(long_url):
    """The same catalogue, with one datafile far down whose name is no text."""
    engine = sa.create_engine(long_url)
    statement = "UPDATE DATAFILE SET NAME = CAST(:name AS TEXT) WHERE ID = 55000"
    with engine.begin() as connection:
        connection.execute(sa.text(statement), {"name": b"\xff\xfe"})
    yield long_url
    with engine.begin() as connection:
        connection.execute(sa.text(statement), {"name": b"file 55000.nxs"})
    engine.dispose()


def test_a_failure_in_the_middle_ends_the_stream_without_its_end_and_is_logged(
    broken_url, long_client, caplog
):
    caplog.set_level(logging.ERROR)
    response = long_client.get("/datafiles?fields=name", buffered=False)
    received: list[bytes] = []
    with pytest.raises(ApiError, match="database"):
        received.extend(response.iter_encoded())
    response.close()
    assert len(received) == 10
    assert not received[-1].endswith(b"]")
    assert response.headers["X-Request-Id"] in caplog.text
    assert long_client.get("/datafiles/1").status_code == 200


def test_under_gunicorn_a_client_notices_a_failure_in_the_middle(broken_url, tmp_path):
    with Gunicorn(tmp_path, environment(broken_url, {})) as server:
        server.log_in()
        for encoding in ("identity", "gzip", "zstd"):
            server.headers["Accept-Encoding"] = encoding
            response = server.open("/datafiles?fields=name")
            with response, pytest.raises((IncompleteRead, ConnectionError)):
                response.read()
        del server.headers["Accept-Encoding"]
        assert server.get("/datafiles/1?fields=name") == {"id": 1, "name": "a.nxs"}
        assert "an answer was cut off" in server.log.read_text()


def objects_read(server: Gunicorn, path: str) -> int:
    number, rest = 0, b""
    with server.open(path) as response:
        while piece := response.read(1 << 16):
            piece = rest + piece
            number += piece.count(b'{"id":')
            rest = piece[-5:]
    assert rest.endswith(b"]")
    return number


@pytest.mark.parametrize(
    ("path", "objects"),
    [("/datafiles?total=true", MANY_ROWS), ("/datafiles?include=dataset.type", 3 * MANY_ROWS)],
)
def test_a_long_list_takes_little_memory(long_url, tmp_path, path, objects):
    add_datafiles(long_url, MANY_ROWS)
    with Gunicorn(tmp_path, environment(long_url, {})) as server:
        server.log_in()
        for warm_up in ("/datafiles?limit=1000", f"{path}&limit=1"):
            server.get(warm_up)
        server.forget_peak()
        resting = server.memory("VmRSS")
        assert objects_read(server, path) == objects
        assert server.memory("VmHWM") - resting < 50 * MEGABYTE
