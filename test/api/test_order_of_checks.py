"""On every route: first the header, then the session, and only then what was asked."""

import pytest

from datagateway_api.core import icat_schema

ENTITIES = icat_schema.load().entities.values()
ENDS = ("", "/count", "/findone", "/1")
BAD_QUERIES = (
    "where={",
    'where={"nothing":1}',
    "where=%FF",
    "foo=1",
    "limit=x",
    "order=nothing",
    "include=nothing",
    "fields=nothing",
    "distinct=[]",
    "&".join(["limit=1"] * 600),
)
SESSION_ROUTES = (("GET", "/sessions"), ("PUT", "/sessions"), ("DELETE", "/sessions"))
NOT_HEADERS = ("", "Bearer", "Basic dGVzdGVy", "Bearer a b", "Bearer unknown", "Bearer null")


@pytest.fixture
def stranger(client):
    """The client without its session."""
    known = client.environ_base.pop("HTTP_AUTHORIZATION")
    yield client
    client.environ_base["HTTP_AUTHORIZATION"] = known


def addresses() -> list[str]:
    return [f"/{entity.endpoint}{end}" for entity in ENTITIES for end in ENDS]


def outcome(response):
    return response.status_code, response.json["code"], response.json["message"]


@pytest.mark.parametrize("query", BAD_QUERIES)
def test_a_bad_query_without_header_is_a_401(stranger, query):
    found = {outcome(stranger.get(f"/investigations{end}?{query}"))[:2] for end in ENDS}
    assert found == {(401, "no_credentials")}


@pytest.mark.parametrize("header", NOT_HEADERS)
@pytest.mark.parametrize("query", BAD_QUERIES)
def test_a_bad_query_with_a_bad_session_is_a_403(stranger, header, query):
    given = {"Authorization": header}
    found = {
        outcome(stranger.get(f"/investigations{end}?{query}", headers=given))[:2] for end in ENDS
    }
    assert found == {(403, "session_invalid")}


def test_without_a_header_every_address_of_every_entity_says_the_same(stranger):
    assert len({outcome(stranger.get(address)) for address in addresses()}) == 1


def test_with_a_bad_session_every_address_of_every_entity_says_the_same(stranger):
    given = {"Authorization": "Bearer unknown"}
    assert len({outcome(stranger.get(each, headers=given)) for each in addresses()}) == 1


def test_an_id_that_exists_and_one_that_does_not_look_alike_to_a_stranger(stranger):
    for header in ({}, {"Authorization": "Bearer unknown"}):
        found = {
            outcome(stranger.get(f"/investigations/{id_}", headers=header)) for id_ in (1, 999)
        }
        assert len(found) == 1


def test_a_stranger_learns_no_total(stranger):
    response = stranger.get("/investigations?total=true&limit=1")
    assert response.status_code == 401
    assert "X-Total-Count" not in response.headers


@pytest.mark.parametrize(("method", "path"), SESSION_ROUTES)
def test_a_session_route_asks_for_the_header_and_then_for_the_session(stranger, method, path):
    assert outcome(stranger.open(path, method=method))[:2] == (401, "no_credentials")
    for header in NOT_HEADERS:
        given = {"Authorization": header}
        response = stranger.open(path, method=method, headers=given)
        assert outcome(response)[:2] == (403, "session_invalid")


def test_logging_in_and_ping_need_no_session(stranger):
    assert stranger.get("/ping").status_code == 200
    assert stranger.post("/sessions", json={"mechanism": "anon"}).status_code == 201


def test_with_a_session_a_bad_query_is_a_400(client):
    found = {client.get(f"/investigations?{query}").status_code for query in BAD_QUERIES}
    assert found == {400}


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", ""), ("PATCH", ""), ("PATCH", "/1"), ("DELETE", "/1"), ("PATCH", "/999")],
)
@pytest.mark.parametrize("body", [b"", b"{", b'{"nothing":1}', b"x" * 1000])
def test_a_bad_body_without_a_session_is_never_looked_at(stranger, method, path, body):
    address, kind = f"/investigations{path}", "application/json"
    response = stranger.open(address, method=method, data=body, content_type=kind)
    if response.status_code != 405:
        assert outcome(response)[:2] == (401, "no_credentials")
        given = {"Authorization": "Bearer unknown"}
        response = stranger.open(address, method=method, data=body, headers=given)
        assert outcome(response)[:2] == (403, "session_invalid")
