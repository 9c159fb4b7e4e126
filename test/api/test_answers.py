"""What success looks like: shapes, values and addresses, entity by entity."""

import json

import pytest

from datagateway_api.core import icat_schema
from test.support.catalogue import CREATED, ROWS, app_over, client_of, fill
from test.support.checked import checked
from test.support.configured import configured

ENTITIES = tuple(icat_schema.load().entities.values())
STAMP = "2024-01-01 00:00:00+00:00"
FIRST = {
    "id": 1,
    "createId": "simple/root",
    "createTime": STAMP,
    "modId": "simple/root",
    "modTime": STAMP,
    "doi": "10.5072/1",
    "endDate": "2020-01-05 12:30:15.250000+00:00",
    "fileCount": 3,
    "fileSize": 5_368_709_131,
    "name": "INVESTIGATION 1",
    "releaseDate": "2023-01-01 00:00:00+00:00",
    "startDate": "2020-01-01 00:00:00+00:00",
    "summary": "It's about spins",
    "title": "Spin waves in iron",
    "visitId": "1",
}
SMOKE = (
    "/investigations",
    "/investigations/count",
    "/investigations/1?include=datasets.datafiles,type",
    "/investigations/findone?order=startDate desc",
    '/investigations?include=[{"datasets":["datafiles",{"sample":"type"}]},"keywords"]',
    '/investigations?where={"title":{"ilike":"SPIN"}}&order=endDate desc&limit=2&skip=1',
    "/datasets?include=sample,investigation,parameters.type&order=id desc",
    "/datasets?distinct=type.name,type.id&order=type.name",
    "/datasets?fields=name,complete",
    "/datasets/count?distinct=type.name",
    "/investigations/count?group_by=type.name",
    "/datasets/count?group_by=sample.id,type.id",
    "/datasetparameters?include=type",
    "/parametertypes",
    "/studies?order=status",
    "/users?order=fullName",
    "/jobs",
    "/ping",
    "/sessions",
)


def rows_of(name: str) -> int:
    return sum(entity == name for entity, _ in ROWS)


@pytest.mark.parametrize("entity", ENTITIES, ids=[entity.endpoint for entity in ENTITIES])
def test_every_entity_answers_list_count_findone_and_by_id(client, entity):
    address, number = f"/{entity.endpoint}", rows_of(entity.name)
    rows = client.get(address).get_json()
    assert len(rows) == client.get(f"{address}/count").get_json() == number
    found = client.get(f"{address}/findone")
    one = client.get(f"{address}/1")
    if number:
        assert found.get_json() == one.get_json() == rows[0]
    else:
        assert found.status_code == one.status_code == 404


@pytest.mark.parametrize("entity", ENTITIES, ids=[entity.endpoint for entity in ENTITIES])
def test_every_relation_of_every_entity_can_be_included(client, entity):
    address = f"/{entity.endpoint}"
    for relation in entity.relations:
        assert client.get(f"{address}?include={relation}").status_code == 200
    everything = json.dumps(list(entity.relations))
    assert client.get(f"{address}?include={everything}").status_code == 200


def test_there_are_53_entities():
    assert len(ENTITIES) == 53
    assert "subjects" in icat_schema.load().endpoints


def test_an_object_has_every_attribute_and_nothing_else(client):
    assert client.get("/investigations/1").get_json() == FIRST


def test_lists_are_bare_arrays_and_counts_bare_integers(client):
    assert client.get("/investigations?limit=0").data == b"[]"
    assert client.get('/investigations?where={"id":-1}').data == b"[]"
    assert client.get("/investigations/count").data == b"6"
    assert client.get('/investigations/count?where={"id":-1}').data == b"0"
    assert client.get("/investigations/count?limit=1&skip=5").data == b"6"


def test_json_is_compact_and_utf_8(client):
    body = client.get("/investigations/4").data
    assert body.decode() == json.dumps(json.loads(body), separators=(",", ":"), ensure_ascii=False)
    assert "中文 \U0001f600".encode() in body


def test_text_survives_to_the_letter(client):
    written = dict(ROWS[15][1])
    found = client.get("/investigations/4").get_json()
    assert written["name"] == "O'HARA 60%_x"
    assert {name: found[name] for name in ("name", "title", "summary")} == {
        name: written[name] for name in ("name", "title", "summary")
    }


def test_dates_are_utc_with_a_fraction_only_where_there_is_one(client):
    found = client.get("/investigations/1").get_json()
    assert found["startDate"] == "2020-01-01 00:00:00+00:00"
    assert found["endDate"] == "2020-01-05 12:30:15.250000+00:00"
    assert found["createTime"] == f"{CREATED}+00:00"


def test_values_have_their_types(client):
    dataset = client.get("/datasets/2").get_json()
    assert dataset["complete"] is False
    assert dataset["startDate"] is None
    assert client.get("/parametertypes/1").get_json()["valueType"] == "NUMERIC"
    assert client.get("/parametertypes/3").get_json()["valueType"] == "DATE_AND_TIME"
    assert client.get("/studies/2").get_json()["status"] is None
    assert client.get("/datafiles/2").get_json()["fileSize"] == 5_368_709_121
    assert client.get("/datasetparameters/1").get_json()["numericValue"] == 0.1
    assert client.get("/datasetparameters/4").get_json()["numericValue"] == -273.15


def test_relations_are_absent_unless_included(client):
    plain = client.get("/investigations/1").get_json()
    full = client.get("/investigations/1?include=type,datasets").get_json()
    assert set(full) - set(plain) == {"type", "datasets"}
    assert full["type"]["name"] == "experiment"
    assert [dataset["id"] for dataset in full["datasets"]] == [1, 2]
    assert "investigation" not in full["datasets"][0]


def test_what_an_included_relation_lacks_is_null_or_an_empty_list(client):
    assert client.get("/datasets/2?include=sample").get_json()["sample"] is None
    assert client.get("/investigations/3?include=datasets").get_json()["datasets"] == []
    found = client.get("/studies/2?include=user.investigationUsers").get_json()
    assert found["user"] is None


def test_only_the_deepest_name_of_an_include_is_needed(client):
    found = client.get("/datafiles/1?include=dataset.investigation.type").get_json()
    assert found["dataset"]["investigation"]["type"]["name"] == "experiment"


def test_fields_leave_those_attributes_and_the_id(client):
    found = client.get("/investigations?fields=title,name&limit=1").get_json()
    assert found == [{"id": 1, "name": FIRST["name"], "title": FIRST["title"]}]
    found = client.get("/investigations/1?fields=name&include=type").get_json()
    assert set(found) == {"id", "name", "type"}


def test_distinct_returns_unique_nested_rows(client):
    found = client.get("/datasets?distinct=type.name,type.id&order=type.name").get_json()
    assert found == [
        {"type": {"name": "processed", "id": 2}},
        {"type": {"name": "raw", "id": 1}},
    ]
    assert client.get("/datasets/count?distinct=type.name").data == b"2"


def test_groups_are_counted_largest_first(client):
    found = client.get("/investigations/count?group_by=type.name").get_json()
    assert found == [
        {"type": {"name": "experiment"}, "count": 4},
        {"type": {"name": "calibration"}, "count": 2},
    ]


@pytest.mark.parametrize("query", ["limit=2", "limit=0", "skip=4", 'where={"id":{"gt":0}}'])
def test_the_total_is_a_header_only_when_asked_for(client, query):
    plain = client.get(f"/investigations?{query}")
    asked = client.get(f"/investigations?{query}&total=true")
    assert "X-Total-Count" not in plain.headers
    assert asked.headers["X-Total-Count"] == "6"
    assert asked.data == plain.data


def test_the_total_follows_the_conditions(client):
    response = client.get('/investigations?where={"type.id":1}&limit=1&total=true')
    assert response.headers["X-Total-Count"] == "4"
    assert "X-Total-Count" not in client.get("/investigations?total=false").headers


def test_an_object_that_is_not_there_is_a_404(client):
    for path in ("/investigations/999", '/investigations/findone?where={"id":999}'):
        response = client.get(path)
        assert (response.status_code, response.get_json()["code"]) == (404, "not_found")
        assert "Investigation" in response.get_json()["message"]


@pytest.mark.parametrize("path", SMOKE)
def test_head_answers_like_get_without_the_body(client, path):
    get, head = client.get(path), client.head(path)
    assert (head.status_code, head.data) == (get.status_code, b"")
    assert head.headers["Content-Type"] == get.headers["Content-Type"]


@pytest.mark.parametrize(
    "path",
    [
        "/INVESTIGATIONS/1",
        "/Investigations/1/",
        "/investigations/1/",
        "/investigations/FindOne",
        "/investigations/findOne/",
        "/inVestigations/0000001",
    ],
)
def test_case_and_a_trailing_slash_do_not_matter_and_nothing_is_redirected(client, path):
    response = client.get(path)
    assert (response.status_code, response.get_json()) == (200, FIRST)


def test_case_does_not_matter_for_the_session_routes(client):
    for path in ("/Sessions", "/SESSIONS/", "/sessions/"):
        assert client.get(path).status_code == 200
        assert client.post(path, json={"mechanism": "anon"}).status_code == 201
    assert client.get("/Ping/").status_code == 200


@pytest.mark.parametrize("extension", ["/datagateway-api", "/a/b", "/API"])
def test_everything_lies_below_the_extension(sqlite_url, extension):
    app = app_over(sqlite_url, extension=extension)
    client = checked(app.test_client(), extension)
    login = client.post(f"{extension}/sessions", json={"mechanism": "anon"})
    headers = {"Authorization": f"Bearer {login.get_json()['sessionID']}"}
    for path in ("/investigations/1", "/Investigations/1/", "/INVESTIGATIONS/findOne"):
        assert client.get(extension + path, headers=headers).get_json() == FIRST
    assert client.get(f"{extension}/ping").status_code == 200
    assert client.get(f"{extension}/COUNT").status_code == 404
    for path in (
        "/investigations/1",
        "/ping",
        f"{extension}x/ping",
        f"{extension}{extension}/ping",
    ):
        assert app.test_client().get(path, headers=headers).status_code == 404
    app.extensions["datagateway_api.catalogue"].close()


@pytest.mark.parametrize("extension", ["/", "/catalogue"])
def test_a_url_prefix_is_taken_off_whether_the_proxy_does_it_or_not(sqlite_url, extension):
    app = configured(sqlite_url, {"url_prefix": "/gateway"}, extension=extension)
    below = extension.rstrip("/")
    for prefix in (f"/gateway{below}", below):
        client = checked(app.test_client(), prefix)
        login = client.post(f"{prefix}/sessions", json={"mechanism": "anon"})
        headers = {"Authorization": f"Bearer {login.get_json()['sessionID']}"}
        assert client.get(f"{prefix}/Investigations/1", headers=headers).get_json() == FIRST
    assert client.get(f"/gatewayx{below}/ping").status_code == 404
    app.extensions["datagateway_api.catalogue"].close()


def test_two_apps_in_one_process_share_nothing(sqlite_url, sqlite_server):
    other_url = sqlite_server.create_database()
    fill(other_url, "5.0")
    other_app = app_over(other_url, max_limit=2, mechanisms={"anon": True})
    with client_of(app_over(sqlite_url)) as one, client_of(other_app) as other:
        ours, theirs = one.environ_base, other.environ_base
        assert one.get("/investigations").status_code == 200
        assert other.get("/investigations").status_code == 400
        assert one.get("/datapublications").status_code == 200
        known = {"HTTP_AUTHORIZATION": ours["HTTP_AUTHORIZATION"]}
        assert other.get("/investigations?limit=1", environ_base=known).status_code == 403
        known = {"HTTP_AUTHORIZATION": theirs["HTTP_AUTHORIZATION"]}
        assert one.get("/investigations?limit=1", environ_base=known).status_code == 403
        for login, app in ((201, one), (400, other)):
            body = {"username": "tester", "password": "right horse"}
            assert app.post("/sessions", json=body).status_code == login
    sqlite_server.drop_database(other_url)


@pytest.mark.parametrize("path", SMOKE)
def test_answers_are_the_same_on_every_database(any_client, client, path):
    response, expected = any_client.get(path), client.get(path)
    assert response.status_code == expected.status_code == 200
    if path != "/sessions":
        assert response.get_json() == expected.get_json()
