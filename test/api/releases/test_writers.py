"""Who may write, and what the headers of answers say."""

import gzip

import pytest

from datagateway_api.app import create_app
from datagateway_api.releases.migrations import migrations
from datagateway_api.releases.store import Store
from datagateway_api.settings import Settings
from test.support.releases import EXT, PASSWORD, ROWS, WRITER, Releases, opened, section

CHANGES = [
    ("PUT", "/release/create/r"),
    ("PATCH", "/release/update/r"),
    ("PATCH", "/release/update/r/301204"),
    ("PUT", "/weights/r"),
    ("DELETE", "/releases/r"),
    ("POST", "/releases/r/publish"),
]
READS = [
    "/releases",
    "/releases/r",
    "/datasets?release_name=r",
    "/datasets/lean?release_name=r",
    "/datasets/count",
    "/metadata/r/301204",
    "/releases/r/history",
    "/releases/r/export?format=csv",
    "/releases/r/export?format=json",
    "/weights/dsid/301204",
    "/weights/dsid/301204/tag/e3723",
    "/weights/dsids/301204",
]


@pytest.fixture(scope="module")
def filled(releases):
    releases.upload("r", ROWS)
    releases.put("/weights/r", {"301204": {"e3723": ["nominal"]}})
    return releases


@pytest.mark.parametrize(("method", "path"), CHANGES)
def test_changing_needs_a_session_before_all_else(filled, method, path):
    client, url = filled.client, EXT + path
    answers = [
        client.open(url, method=method),
        client.open(url, method=method, data=b"no JSON"),
        client.open(url, method=method, headers={"Authorization": "Bearer unknown"}),
        client.open(url, method=method, headers={"Authorization": "Basic eDp5"}),
    ]
    assert [answer.status_code for answer in answers] == [401, 401, 403, 403]
    assert [a.json["code"] for a in answers] == ["no_credentials"] * 2 + ["session_invalid"] * 2


@pytest.mark.parametrize("path", READS)
def test_reading_is_open_to_everybody(filled, path):
    response = filled.client.get(EXT + path)
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("path", READS)
def test_an_answer_that_the_client_has_is_not_sent_again(filled, path):
    tag = filled.client.get(EXT + path).headers["ETag"]
    for given in (tag, f"W/{tag}", f'"other", {tag}', "*", tag[:-1] + ':gzip"'):
        response = filled.client.get(EXT + path, headers={"If-None-Match": given})
        assert (response.status_code, response.data) == (304, b""), given
        assert response.headers["ETag"].strip('"').startswith(tag.strip('"'))
    for given in ('"other"', ",", '""', "W/", "x"):
        response = filled.client.get(EXT + path, headers={"If-None-Match": given})
        assert response.status_code == 200, given


def test_every_change_gives_the_lists_new_tags(filled):
    path = f"{EXT}/datasets?release_name=r"
    before = filled.client.get(path).headers["ETag"]
    filled.patch("/release/update/r/data", {"updates": {"process": "new"}})
    response = filled.client.get(path, headers={"If-None-Match": before})
    assert response.status_code == 200
    assert response.headers["ETag"] != before


def test_a_release_made_anew_has_other_tags_than_the_one_deleted(filled):
    path = f"{EXT}/datasets?release_name=anew"
    tags = set()
    for number in range(3):
        filled.upload("anew", [{"dataset_number": number}])
        tags.add(filled.client.get(path).headers["ETag"])
        assert filled.delete("/releases/anew").status_code == 204
    assert len(tags) == 3


@pytest.mark.parametrize("path", READS)
def test_head_is_answered_without_a_body(filled, path):
    response = filled.client.head(EXT + path)
    assert (response.status_code, response.data) == (200, b"")


def test_browsers_of_other_sites_may_write(filled):
    headers = {
        "Origin": "https://example.org",
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "authorization",
    }
    response = filled.client.options(f"{EXT}/release/create/r", headers=headers)
    assert response.status_code == 200
    assert "PUT" in response.headers["Access-Control-Allow-Methods"]
    assert "authorization" in response.headers["Access-Control-Allow-Headers"].lower()


def test_long_answers_are_packed_for_those_who_can_read_that(filled):
    path = f"{EXT}/datasets?release_name=r"
    client = filled.client.application.test_client()
    plain = client.get(path)
    packed = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    again = {"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]}
    assert client.get(path, headers=again).status_code == 304


def test_a_session_is_opened_looked_at_extended_and_ended(filled):
    session = filled.log_in()
    headers = {"Authorization": f"Bearer {session}"}
    found = filled.client.get(f"{EXT}/sessions", headers=headers).json
    assert (found["id"], found["username"]) == (session, f"simple/{WRITER}")
    assert filled.client.put(f"{EXT}/sessions", headers=headers).json == session
    assert filled.client.delete(f"{EXT}/sessions", headers=headers).status_code == 204
    assert filled.client.get(f"{EXT}/sessions", headers=headers).status_code == 403
    assert filled.client.delete(f"{EXT}/releases/x", headers=headers).status_code == 403


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"username": WRITER, "password": "wrong"}, 403),
        ({"username": "nobody", "password": PASSWORD}, 403),
        ({"username": WRITER, "password": ""}, 403),
        ({"username": WRITER}, 400),
        ({"mechanism": "anon"}, 400),
        ({"username": WRITER, "password": PASSWORD, "mechanism": "ldap"}, 400),
    ],
)
def test_wrong_credentials_open_no_session(filled, body, status):
    assert filled.client.post(f"{EXT}/sessions", json=body).status_code == status


def test_failed_logins_are_slowed_down(sqlite_server):
    with opened(sqlite_server.create_database(), login_failures_per_minute=2) as releases:
        wrong = {"username": WRITER, "password": "wrong"}
        for _ in range(2):
            assert releases.client.post(f"{EXT}/sessions", json=wrong).status_code == 403
        right = {"username": WRITER, "password": PASSWORD}
        response = releases.client.post(f"{EXT}/sessions", json=right)
        assert (response.status_code, response.headers["Retry-After"]) == (403, "60")


def test_who_is_a_writer_no_longer_may_not_write(sqlite_server):
    url = sqlite_server.create_database()
    with opened(url) as releases:
        headers = releases.headers
    with opened(url, writers={"another": section(url).writers[WRITER]}, logs_in=False) as others:
        response = others.client.delete(f"{EXT}/releases/x", headers=headers)
        assert (response.status_code, response.get_json()["code"]) == (403, "forbidden")


def test_without_writers_nobody_can_log_in(sqlite_server):
    with opened(sqlite_server.create_database(), writers={}, logs_in=False) as releases:
        body = {"username": WRITER, "password": PASSWORD}
        assert releases.client.post(f"{EXT}/sessions", json=body).status_code == 400
        assert releases.json("/releases") == []


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (None, "has not been set up; run: datagateway-api releases upgrade"),
        ("0001", "is at revision 0001, and this version needs 0002; run: datagateway-api releases"),
    ],
)
def test_a_store_that_is_not_up_to_date_is_503_until_it_is_upgraded(sqlite_server, at, said):
    url = sqlite_server.create_database()
    migrations().upgrade(url)
    migrations().downgrade(url, at or "base")
    with opened(url, upgrades=False, logs_in=False) as releases:
        response = releases.get("/releases")
        assert (response.status_code, response.get_json()["code"]) == (503, "backend_unavailable")
        assert said in response.get_json()["message"]
        migrations().upgrade(url)
        # The store is looked at once a second at the most.
        store: Store = releases.client.application.extensions["datagateway_api.releases"].store
        store._looked = float("-inf")
        assert releases.json("/releases") == []


def test_a_store_of_a_newer_version_is_not_touched(sqlite_server):
    from test.contract.databases import run

    url = sqlite_server.create_database()
    with opened(url) as _:
        run(url, "UPDATE releases_revision SET version_num = '9999'")
    with opened(url, upgrades=False, logs_in=False) as releases:
        response = releases.get("/datasets")
        assert response.status_code == 503
        assert "a newer version has made: update this one" in response.get_json()["message"]


def test_a_store_whose_file_is_absent_is_503(tmp_path):
    url = f"sqlite:///{tmp_path / 'absent.db'}"
    with opened(url, upgrades=False, logs_in=False) as releases:
        assert releases.get("/releases").status_code == 503
    assert not (tmp_path / "absent.db").exists()


def test_the_document_is_valid(filled):
    from openapi_spec_validator import OpenAPIV31SpecValidator

    document = filled.json("/openapi.json")
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []
    paths = {path.split("{")[0].rstrip("/") for path in document["paths"]}
    rules = filled.client.application.url_map.iter_rules()
    served = {r.rule.removeprefix(EXT).split("<")[0].rstrip("/") for r in rules}
    assert served - {"/static"} <= paths | {""}


def test_the_store_is_among_the_metrics(sqlite_server):
    url = sqlite_server.create_database()
    migrations().upgrade(url)
    settings = Settings(sections={"releases": section(url)}, metrics_path="/metrics")
    app = create_app(settings)
    Releases(app.test_client()).upload("r", ROWS)
    found = app.test_client().get("/metrics").text
    app.extensions["datagateway_api.releases"].store.close()
    assert 'operation="write"' in found
    assert 'mode="releases"' in found
