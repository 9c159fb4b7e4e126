"""Compressed answers: for whom asks, above a size, streamed too, with tags of their own."""

import gzip
import json
import zlib
from importlib import import_module

import pytest
from backports import zstd
from flask_compress import Compress

from datagateway_api.web import compression
from datagateway_api.web.conditional import ENCODINGS
from test.support.bulk import add_datafiles
from test.support.catalogue import app_over, client_of, fill

LIST = "/investigations?include=type,facility,datasets"
ITEM = "/investigations/1?include=datasets,facility,type"
ROWS = 12_000
PLAIN = {"Accept-Encoding": "identity"}


def asking(encoding: str, **more: str) -> dict[str, str]:
    return {"Accept-Encoding": encoding, **more}


def unpacked(data: bytes, encoding: str) -> bytes:
    if encoding == "br":
        found: bytes = import_module("brotli").decompress(data)
        return found
    return gzip.decompress(data) if encoding == "gzip" else zstd.decompress(data)


@pytest.fixture(scope="module")
def plain(client):
    """A client that does not look into the answers."""
    twin = client.application.test_client()
    twin.environ_base = client.environ_base
    return twin


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("address", [LIST, ITEM, "/openapi.json", "/swagger-ui/swagger-ui.css"])
def test_an_answer_is_compressed_as_asked(plain, encoding, address):
    whole = plain.get(address)
    response = plain.get(address, headers=asking(encoding))
    assert response.headers["Content-Encoding"] == encoding
    assert int(response.headers["Content-Length"]) == len(response.data) < len(whole.data)
    assert unpacked(response.data, encoding) == whole.data
    assert response.content_type == whole.content_type


@pytest.mark.parametrize("headers", [{}, PLAIN, asking("gzip;q=0"), asking("deflate"),
                                     asking("identity, gzip;q=0.5"), asking("compress, x-odd"),
                                     asking("")])  # fmt: skip
def test_who_does_not_ask_gets_it_as_it_is(plain, headers):
    response = plain.get(LIST, headers=headers)
    assert "Content-Encoding" not in response.headers
    assert response.json[0]["id"] == 1
    assert "accept-encoding" in ", ".join(response.headers.getlist("Vary")).lower()


def test_for_who_does_not_ask_nothing_of_it_runs(plain, monkeypatch):
    def never(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(Compress, "after_request", never)
    assert plain.get(LIST).status_code == 200


@pytest.mark.parametrize(
    ("asked", "given"),
    [("gzip, deflate, br, zstd", "zstd"), ("gzip, deflate, br", "br"), ("gzip, deflate", "gzip"),
     ("gzip, br;q=0.5", "gzip"), ("*", "zstd"), ("br;q=0, gzip", "gzip"),
     ("*, zstd;q=0", "br"), ("gzip, identity", "gzip"), ("GZIP", "gzip")],
)  # fmt: skip
def test_of_several_encodings_the_best_one_is_taken(plain, asked, given):
    assert plain.get(LIST, headers=asking(asked)).headers["Content-Encoding"] == given


@pytest.mark.parametrize(
    "address", ["/investigations/count", "/ping", "/investigations/1?fields=name", "/nothing"]
)
def test_what_is_small_is_sent_as_it_is(plain, address):
    response = plain.get(address, headers=asking("gzip"))
    assert "Content-Encoding" not in response.headers
    assert len(response.data) < compression.LEAST_BYTES


def test_the_border_is_one_kilobyte(plain):
    ids = ",".join(["1"] * 100)
    lengths = {}
    for number in range(1, 7):
        address = f'/investigations?limit={number}&where={{"id":{{"in":[{ids},2,3,4,5,6]}}}}'
        length = len(plain.get(address).data)
        lengths[length] = "Content-Encoding" in plain.get(address, headers=asking("gzip")).headers
    assert lengths == {length: length >= compression.LEAST_BYTES for length in lengths}
    assert set(lengths.values()) == {True, False}


def test_vary_names_everything_that_an_answer_depends_on(plain):
    for headers in ({}, asking("gzip"), asking("br", Origin="https://data.example.org")):
        vary = ", ".join(plain.get(LIST, headers=headers).headers.getlist("Vary"))
        assert {"accept", "accept-encoding"} <= {word.strip().lower() for word in vary.split(",")}


@pytest.mark.parametrize("address", [LIST, ITEM])
def test_each_encoding_has_a_tag_of_its_own_and_each_saves_the_next_answer(plain, address):
    forms = [PLAIN, *(asking(encoding) for encoding in ENCODINGS)]
    tags = [plain.get(address, headers=headers).headers["ETag"] for headers in forms]
    assert len(set(tags)) == len(forms)
    for tag in tags:
        for headers in forms:
            response = plain.get(address, headers={**headers, "If-None-Match": tag})
            assert (response.status_code, response.data) == (304, b"")
            assert response.headers["ETag"] == tag
            assert "Content-Encoding" not in response.headers
    other = plain.get(address, headers=asking("gzip") | {"If-None-Match": '"other:gzip"'})
    assert other.status_code == 200


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_tag_of_a_compressed_answer_guards_a_change(sqlite_server, encoding):
    url = sqlite_server.create_database()
    fill(url)
    with client_of(app_over(url, read_only=False)) as writer:
        tag = writer.get(ITEM, headers=asking(encoding)).headers["ETag"]
        assert tag.endswith(f':{encoding}"')
        for status in (200, 412):
            response = writer.patch(
                "/investigations/1", json={"title": "new"}, headers={"If-Match": tag}
            )
            assert response.status_code == status
        long = {"name": "n", "description": "d" * 3000}
        response = writer.post("/studies", json=long, headers=asking(encoding))
        assert json.loads(unpacked(response.data, encoding))["description"] == "d" * 3000
    sqlite_server.drop_database(url)


@pytest.mark.parametrize("headers", [asking("gzip"), {}])
def test_head_is_answered_without_a_body(plain, headers):
    response = plain.head(LIST, headers=headers)
    assert (response.status_code, response.data) == (200, b"")


@pytest.fixture(scope="module")
def long_client(sqlite_server):
    """A client of a catalogue with many datafiles, and of few connections."""
    url = sqlite_server.create_database()
    fill(url)
    add_datafiles(url, ROWS)
    with client_of(app_over(url, connection_pool_size=3, pool_timeout=0.5)) as client:
        yield client
    sqlite_server.drop_database(url)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("accept", ["application/json", "text/csv"])
def test_a_stream_is_compressed_as_it_goes(long_client, encoding, accept):
    plain = long_client.get("/datafiles?fields=name", headers={"Accept": accept})
    asked = asking(encoding, Accept=accept)
    response = long_client.get("/datafiles?fields=name", headers=asked, buffered=False)
    assert response.headers["Content-Encoding"] == encoding
    assert response.content_length is None
    data = b"".join(response.iter_encoded())
    response.close()
    assert unpacked(data, encoding) == plain.data
    assert len(data) < len(plain.data) / 3


def test_the_pieces_of_a_stream_leave_before_its_end(long_client):
    response = long_client.get("/datafiles", headers=asking("gzip"), buffered=False)
    pieces = response.iter_encoded()
    unpacker = zlib.decompressobj(wbits=31)
    early = unpacker.decompress(next(pieces)) + unpacker.decompress(next(pieces))
    response.close()
    assert early.startswith(b'[{"id":1,')
    assert not unpacker.eof


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_reader_of_a_compressed_stream_who_goes_frees_the_connection(long_client, encoding):
    for path in ("/datafiles", "/datafiles?include=dataset"):
        for _ in range(5):
            response = long_client.get(path, headers=asking(encoding), buffered=False)
            next(response.iter_encoded())
            response.close()
            assert long_client.head(path, headers=asking(encoding)).status_code == 200
    assert long_client.get("/datafiles/count").get_json() == ROWS
