"""Entity tags on one object and on whole lists: what they save, and what they guard."""

from collections.abc import Iterator

import pytest

from test.support.catalogue import app_over, client_of, fill
from test.support.checked import CheckedClient, checked


@pytest.fixture(scope="module")
def client(sqlite_server):
    url = sqlite_server.create_database()
    fill(url)
    with client_of(app_over(url)) as client:
        yield client


@pytest.mark.parametrize(
    "address",
    [
        "/investigations/1",
        "/investigations/1?include=datasets",
        "/investigations/1?fields=name",
        "/investigations?limit=3",
        "/investigations",
        "/investigations?distinct=name",
        "/investigations?limit=0",
    ],
)
def test_an_answer_that_the_client_has_is_304_without_a_body(client, address):
    first = client.get(address)
    assert first.status_code == 200
    tag = first.headers["ETag"]
    again = client.get(address, headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert again.get_data() == b""
    assert again.headers["ETag"] == tag
    other = client.get(address, headers={"If-None-Match": '"something-else"'})
    assert other.status_code == 200
    assert other.get_data() == first.get_data()


def test_different_answers_about_one_object_have_different_tags(client):
    addresses = ("/investigations/1", "/investigations/1?include=type", "/investigations/2")
    assert len({client.get(address).headers["ETag"] for address in addresses}) == 3


def test_the_tag_of_one_object_begins_with_its_modification_time(client):
    assert client.get("/investigations/1").headers["ETag"].startswith('"20240101000000')
    for query in ("fields=name", "fields=name&include=investigationUsers", "fields=id"):
        response = client.get(f"/investigations/1?{query}")
        assert response.headers["ETag"].startswith('"20240101000000')
        assert "modTime" not in response.json
    assert client.get("/investigations/1?fields=name").json == {"id": 1, "name": "INVESTIGATION 1"}
    assert "modTime" in client.get("/investigations/1?fields=modTime").json


def test_counts_and_errors_have_no_tag(client):
    assert "ETag" not in client.get("/investigations/count").headers
    assert "ETag" not in client.get("/investigations/999").headers


def test_reading_what_if_match_does_not_name_fails_in_the_one_shape(client):
    response = checked(client).get("/investigations/1", headers={"If-Match": '"other"'})
    assert (response.status_code, response.get_json()["code"]) == (412, "precondition_failed")
    assert client.get("/investigations/1", headers={"If-Match": "*"}).status_code == 200


# If-Match


@pytest.fixture(scope="module")
def writer(client) -> Iterator[CheckedClient]:
    """A client of the same catalogue that may write."""
    url = client.application.extensions["datagateway_api.catalogue"]._connections.engine.url
    with client_of(app_over(str(url), read_only=False)) as plain:
        yield checked(plain)


def tag_of(writer: CheckedClient, address: str) -> str:
    return writer.get(address).headers["ETag"]


@pytest.fixture
def own(writer) -> str:
    """The address of an object of one's own."""
    return f"/studies/{writer.post('/studies', json={'name': 'own'}).json['id']}"


@pytest.mark.parametrize(
    "query", ["", "?fields=name", "?include=user", "?fields=name&include=user"]
)
def test_what_is_as_the_tag_says_is_changed_once(writer, own, query):
    guard = {"If-Match": tag_of(writer, own + query)}
    assert writer.patch(own, json={"name": "new"}, headers=guard).status_code == 200
    response = writer.patch(own, json={"name": "newer"}, headers=guard)
    assert (response.status_code, response.json["code"]) == (412, "precondition_failed")
    (detail,) = response.json["details"]
    assert (detail["item"], detail["field"]) == ("", "modTime")
    response = writer.delete(own, headers=guard)
    assert (response.status_code, response.json["code"]) == (412, "precondition_failed")
    assert writer.get(own).json["name"] == "new"
    assert writer.delete(own, headers={"If-Match": tag_of(writer, own)}).status_code == 204


def test_a_list_of_changes_is_guarded_by_the_tags_of_all(writer):
    ids = [writer.post("/studies", json={"name": "own"}).json["id"] for _ in "ab"]
    tags = [tag_of(writer, f"/studies/{id_}") for id_ in ids]
    body = [{"id": id_, "name": "new"} for id_ in ids]
    for header, status in ((tags[0], 412), (", ".join(tags), 200), (", ".join(tags), 412)):
        assert (
            writer.patch("/studies", json=body, headers={"If-Match": header}).status_code == status
        )


MATCHING = ("*", "{}", '"other", {}', "{},{}", ' {} , W/"other"')
OTHER = (
    "",
    '""',
    '"other"',
    "W/{}",
    '"2024',
    '"20240101000000"',
    '"99999999999999990000-"',
    "*, x",
)


@pytest.mark.parametrize("form", MATCHING)
def test_a_header_that_names_the_object_lets_the_change_through(writer, own, form):
    guard = {"If-Match": form.replace("{}", tag_of(writer, own))}
    assert writer.patch(own, json={"name": "new"}, headers=guard).status_code == 200


@pytest.mark.parametrize("form", OTHER)
def test_a_header_that_does_not_name_the_object_stops_the_change(writer, own, form):
    guard = {"If-Match": form.replace("{}", tag_of(writer, own))}
    for method in ("PATCH", "DELETE"):
        body = {"json": {"name": "new"}} if method == "PATCH" else {}
        response = writer.open(own, method=method, headers=guard, **body)
        assert (response.status_code, response.json["code"]) == (412, "precondition_failed")
    assert writer.get(own).json["name"] == "own"


def test_the_digits_of_a_mod_time_are_enough(writer, own):
    digits = "".join(c for c in writer.get(own).json["modTime"] if c.isdigit())
    response = writer.patch(own, json={"name": "new"}, headers={"If-Match": f'"{digits}"'})
    assert response.status_code == 200


def test_a_change_answers_with_the_tag_for_the_next_one(writer, own):
    tag = tag_of(writer, own)
    for name in ("a", "b", "c"):
        response = writer.patch(own, json={"name": name}, headers={"If-Match": tag})
        assert response.status_code == 200
        tag = response.headers["ETag"]
        assert tag == tag_of(writer, own)
    odd = {"If-None-Match": tag, "If-Match": tag}
    assert writer.patch(own, json={"name": "d"}, headers=odd).json["name"] == "d"


def test_without_the_header_the_last_one_wins(writer, own):
    for name in ("a", "b"):
        assert writer.patch(own, json={"name": name}).json["name"] == name


def test_an_unknown_object_is_not_found_whatever_the_header_says(writer):
    for header in ("*", '"other"'):
        guard = {"If-Match": header}
        assert writer.patch("/studies/999999", json={}, headers=guard).status_code == 404
        assert writer.delete("/studies/999999", headers=guard).status_code == 404


def test_a_browser_may_send_the_header(client):
    asked = {
        "Origin": "https://data.example.org",
        "Access-Control-Request-Method": "PATCH",
        "Access-Control-Request-Headers": "if-match",
    }
    response = client.application.test_client().options("/studies/1", headers=asked)
    assert "if-match" in response.headers["Access-Control-Allow-Headers"].lower()
