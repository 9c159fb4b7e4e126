"""Uploads that are refused: each with all its problems, and nothing of it written."""

import gzip
from io import BytesIO

import pytest

from test.support.malformed_uploads import CASES, Case
from test.support.releases import EXT, ROWS, opened

LIMIT = 1 << 20
RELEASE = "kept"


@pytest.fixture(scope="module")
def releases(sqlite_server):
    url = sqlite_server.create_database()
    with opened(url, max_upload_bytes=LIMIT) as found:
        found.upload(RELEASE, ROWS)
        yield found
    sqlite_server.drop_database(url)


def test_there_are_many_cases_of_different_names():
    assert len({case.name for case in CASES}) == len(CASES) >= 80


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_malformed_upload_is_refused_and_writes_nothing(releases, case: Case):
    before = releases.get("/datasets", release_name=RELEASE).headers["ETag"]
    response = releases.upload(RELEASE, case.content, case.file, case.media_type)
    assert response.status_code == case.status, response.text[:500]
    found = [(each["row"], each["field"]) for each in response.json.get("details", [])]
    assert set(found) == set(case.places)
    assert all(each["reason"] for each in response.json.get("details", []))
    assert releases.get("/datasets", release_name=RELEASE).headers["ETag"] == before


@pytest.mark.parametrize("case", [each for each in CASES if each.status == 422][:10],
                         ids=lambda case: case.name)  # fmt: skip
def test_a_refused_upload_creates_no_release(releases, case: Case):
    assert releases.upload("new", case.content, case.file).status_code == 422
    assert releases.get("/releases/new").status_code == 404


@pytest.mark.parametrize("name", ["..", "a b", "-a", "x" * 101, "a%2Fb", "ö", "%00"])
def test_a_release_needs_a_name_that_can_stand_in_an_address(releases, name):
    assert releases.upload(name, ROWS).status_code in (404, 422)
    assert [each["name"] for each in releases.json("/releases")] == [RELEASE]


def put(releases, data=None, headers=None, **more):
    headers = {**releases.headers, **(headers or {})}
    return releases.client.put(f"{EXT}/release/create/x", data=data, headers=headers, **more)


def test_a_body_without_the_part_is_refused(releases):
    assert put(releases, {"other": (BytesIO(b"[]"), "x.json")}).status_code == 400
    assert put(releases, {"file": "[]"}, content_type="multipart/form-data").status_code == 400


def test_two_files_at_once_are_refused(releases):
    files = {"file": [(BytesIO(b"[]"), "x.json"), (BytesIO(b"[]"), "y.json")]}
    assert put(releases, files).status_code == 400


@pytest.mark.parametrize("kind", ["application/json", "text/csv", "", "multipart/mixed"])
def test_a_body_that_is_no_form_is_refused(releases, kind):
    assert put(releases, b"[]", content_type=kind).status_code == 415


def form(content: bytes) -> tuple[bytes, str]:
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="x.json"\r\n\r\n'
    return head + content + b"\r\n--b--\r\n", "multipart/form-data; boundary=b"


def test_a_whole_body_may_be_packed(releases):
    body, kind = form(b'[{"dataset_number": "1"}]')
    packed = {"Content-Encoding": "gzip"}
    response = put(releases, gzip.compress(body), packed, content_type=kind)
    assert response.json["created"] == 1
    releases.delete("/releases/x")


@pytest.mark.parametrize(
    ("data", "encoding", "status"),
    [
        (gzip.compress(form(b" " * (3 * LIMIT))[0]), "gzip", 413),
        (b"no gzip", "gzip", 400),
        (gzip.compress(form(b"[]")[0])[:-12], "gzip", 400),
        (form(b"[]")[0], "br", 415),
    ],
    ids=["bomb", "none", "half", "brotli"],
)
def test_a_packed_body_has_the_same_bounds(releases, data, encoding, status):
    kind = "multipart/form-data; boundary=b"
    response = put(releases, data, {"Content-Encoding": encoding}, content_type=kind)
    assert response.status_code == status


def test_a_body_beyond_the_limit_is_refused_by_its_length(releases):
    body, kind = form(b" " * (2 * LIMIT))
    assert put(releases, body, content_type=kind).status_code == 413


def test_a_form_without_its_boundary_is_refused(releases):
    assert put(releases, b"[]", content_type="multipart/form-data").status_code == 400
    assert put(releases, b"x", content_type="multipart/form-data; boundary=b").status_code == 400
