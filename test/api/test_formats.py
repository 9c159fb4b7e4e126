"""Lists as CSV and as NDJSON: the same rows, whole and streamed."""

import csv
import json
import zlib
from io import StringIO

import pytest

from test.support.bulk import add_datafiles
from test.support.catalogue import app_over, client_of, fill
from test.support.checked import CheckedClient
from test.support.configured import environment
from test.support.gunicorn import Gunicorn

CSV = {"Accept": "text/csv"}
NDJSON = {"Accept": "application/x-ndjson"}
MANY_ROWS = 200_000
MEGABYTE = 1 << 20
LISTS = (
    "/investigations",
    "/investigations?include=type,facility&order=title desc&limit=4&skip=1",
    "/datafiles?include=dataset.investigation,datafileFormat&fields=name,fileSize",
    "/datasets?include=sample.type&fields=name,complete",
    "/datasets?distinct=type.name,name&order=name",
    "/datasetparameters?include=type",
    "/studies?fields=status",
    "/jobs",
    "/investigations?limit=0",
)


def records(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text, newline="")))


def flat(row: dict[str, object], prefix: str = "") -> dict[str, object]:
    """Write out the paths of a row; an absent object has none."""
    found: dict[str, object] = {}
    for name, value in row.items():
        found |= flat(value, f"{prefix}{name}.") if isinstance(value, dict) else {
            prefix + name: value
        }  # fmt: skip
    return found


def as_cell(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


@pytest.mark.parametrize("address", LISTS)
def test_lines_are_the_rows_of_the_list(any_client: CheckedClient, address):
    response = any_client.get(address, headers=NDJSON)
    assert (response.status_code, response.content_type) == (200, "application/x-ndjson")
    lines = response.text.split("\n")
    assert [json.loads(line) for line in lines[:-1]] == any_client.get(address).json
    assert lines[-1] == ""


@pytest.mark.parametrize("address", LISTS)
def test_a_table_has_the_rows_of_the_list(any_client: CheckedClient, address):
    response = any_client.get(address, headers=CSV)
    assert response.status_code == 200
    assert response.content_type == "text/csv; charset=utf-8; header=present"
    wanted = [flat(row) for row in any_client.get(address).get_json()]
    found = records(response.text)
    assert len(found) == len(wanted)
    for record, row in zip(found, wanted, strict=True):
        # A related object that is absent has columns all the same, all of them empty.
        present = {name: as_cell(value) for name, value in row.items() if name in record}
        assert {name: cell.removeprefix("'") for name, cell in record.items() if cell} == {
            name: cell for name, cell in present.items() if cell
        }
        assert not any(row[name] for name in row.keys() - record.keys())


def test_lines_may_hold_lists(client):
    address = "/investigations?include=datasets.datafiles,investigationUsers"
    response = client.get(address, headers=NDJSON)
    assert [json.loads(line) for line in response.text.splitlines()] == client.get(address).json


@pytest.mark.parametrize("include", ["datasets", "type.investigations", "type,datasets.datafiles"])
def test_a_table_cannot_hold_lists_and_says_so(client, include):
    response = client.get(f"/investigations?include={include}", headers=CSV)
    assert (response.status_code, response.get_json()["code"]) == (400, "bad_filter")
    assert response.content_type == "application/json"
    assert "list of objects" in response.get_json()["message"]


@pytest.mark.parametrize("headers", [CSV, NDJSON])
def test_failures_are_json_whatever_was_asked_for(client, headers):
    for address in ("/investigations?limit=-1", "/nothing", "/investigations/999"):
        response = client.get(address, headers=headers)
        assert response.status_code >= 400
        assert response.content_type == "application/json"


@pytest.mark.parametrize("headers", [CSV, NDJSON])
@pytest.mark.parametrize("address", ["/investigations/1", "/investigations/count", "/ping"])
def test_what_is_no_list_is_json_whatever_was_asked_for(client, address, headers):
    response = client.get(address, headers=headers)
    assert (response.status_code, response.content_type) == (200, "application/json")


@pytest.mark.parametrize("headers", [CSV, NDJSON, {}])
def test_every_format_has_its_total_its_tag_and_tells_caches_apart(client, headers):
    response = client.get("/investigations?total=true&limit=2", headers=headers)
    assert response.headers["X-Total-Count"] == "6"
    assert "accept" in response.headers["Vary"].lower().replace("accept-encoding", "")
    again = client.get(
        "/investigations?total=true&limit=2",
        headers={**headers, "If-None-Match": response.headers["ETag"]},
    )
    assert (again.status_code, again.data) == (304, b"")
    assert "Accept" in again.headers["Vary"]


def test_formats_have_different_tags(client):
    tags = {client.get("/investigations", headers=h).headers["ETag"] for h in (CSV, NDJSON, {})}
    assert len(tags) == 3


def test_a_text_that_a_spreadsheet_would_run_is_marked_as_text(sqlite_server):
    url = sqlite_server.create_database()
    fill(url)
    with client_of(app_over(url, read_only=False)) as client:
        name = '=HYPERLINK("http://evil.example.org","click")'
        client.post("/studies", json={"name": name}).get_json()
        rows = records(client.get("/studies?fields=name", headers=CSV).text)
        assert rows[-1]["name"] == f"'{name}"
        assert client.get("/studies").get_json()[-1]["name"] == name
    sqlite_server.drop_database(url)


@pytest.fixture(scope="module")
def long_url(sqlite_server):
    """A catalogue with very many datafiles, on SQLite."""
    url = sqlite_server.create_database()
    fill(url)
    add_datafiles(url, MANY_ROWS)
    yield url
    sqlite_server.drop_database(url)


@pytest.mark.parametrize("headers", [CSV, NDJSON])
def test_a_long_list_is_complete_in_every_format_and_can_be_left(long_url, headers):
    with client_of(app_over(long_url, connection_pool_size=3, pool_timeout=0.5)) as client:
        address = "/datafiles?fields=name&include=dataset&limit=12001"
        for _ in range(6):
            response = client.get(address, headers=headers, buffered=False)
            next(response.iter_encoded())
            response.close()
            assert client.head(address, headers=headers).status_code == 200
        response = client.get(address, headers=headers)
        assert response.content_length is None
        if headers == CSV:
            found = [(int(row["id"]), int(row["dataset.id"])) for row in records(response.text)]
        else:
            rows = [json.loads(line) for line in response.text.splitlines()]
            found = [(row["id"], row["dataset"]["id"]) for row in rows]
        assert [id_ for id_, _ in found] == list(range(1, 12_002))
        assert {(id_, 1 + id_ % 3) for id_ in range(10, 12_002)} <= set(found)


@pytest.mark.parametrize(
    ("accept", "encoding"), [("text/csv", "identity"), ("application/x-ndjson", "gzip")]
)
def test_a_long_list_takes_little_memory_in_every_format(long_url, tmp_path, accept, encoding):
    with Gunicorn(tmp_path, environment(long_url, {})) as server:
        server.log_in()
        server.headers |= {"Accept": accept, "Accept-Encoding": encoding}
        for warm_up in ("/datafiles?limit=1000", "/datafiles?include=dataset&limit=1"):
            with server.open(warm_up) as response:
                response.read()
        server.forget_peak()
        resting, breaks = server.memory("VmRSS"), 0
        unpacker = zlib.decompressobj(wbits=31)
        with server.open("/datafiles?include=dataset") as response:
            assert response.headers.get("Content-Encoding", "identity") == encoding
            while piece := response.read(1 << 16):
                plain = piece if encoding == "identity" else unpacker.decompress(piece)
                breaks += plain.count(b"\n")
        assert breaks == MANY_ROWS + (accept == "text/csv")
        assert server.memory("VmHWM") - resting < 60 * MEGABYTE
