"""Headers: request ids, what browsers need, and the types of bodies."""

import re

import pytest

from test.support.catalogue import app_over, client_of
from test.support.checked import checked
from test.support.configured import configured

ORIGIN = "https://data.example.org"
ASK = {"Origin": ORIGIN, "Access-Control-Request-Method": "GET"}
PREFLIGHT = ASK | {"Access-Control-Request-Headers": "authorization,content-type"}
OUTCOMES = (
    ("GET", "/investigations", 200),
    ("GET", "/investigations/999", 404),
    ("GET", "/nothing", 404),
    ("GET", "/investigations?foo=1", 400),
    ("PUT", "/investigations", 405),
    ("POST", "/sessions", 400),
    ("GET", "/ping", 200),
)


def words(header: str) -> set[str]:
    return {word.strip().lower() for word in header.split(",")}


@pytest.mark.parametrize(("method", "path", "status"), OUTCOMES)
def test_a_request_id_is_given_back_on_every_answer(client, method, path, status):
    response = client.open(path, method=method, headers={"X-Request-Id": "Front-End_1.2"})
    assert response.status_code == status
    assert response.headers.getlist("X-Request-Id") == ["Front-End_1.2"]


@pytest.mark.parametrize("given", ["", "a b", "a\tb", "ü", "<b>", "x" * 65, "a;b", "'", '"', "a/b"])
def test_a_request_id_that_could_do_harm_is_replaced(client, given):
    response = client.get("/nothing", headers={"X-Request-Id": given})
    assert re.fullmatch(r"[0-9a-f]{16}", response.headers["X-Request-Id"])


def test_a_request_without_id_gets_a_new_one_each_time(client):
    assert len({client.get("/ping").headers["X-Request-Id"] for _ in range(50)}) == 50


@pytest.mark.parametrize(("method", "path", "status"), OUTCOMES)
def test_every_answer_is_json_and_may_be_read_by_any_web_page(client, method, path, status):
    response = client.open(path, method=method, headers={"Origin": ORIGIN})
    assert response.status_code == status
    assert response.content_type == "application/json"
    assert response.headers["Access-Control-Allow-Origin"] in ("*", ORIGIN)
    exposed = words(response.headers["Access-Control-Expose-Headers"])
    assert {"x-total-count", "x-request-id"} <= exposed
    assert "Access-Control-Allow-Credentials" not in response.headers


@pytest.mark.parametrize("path", ["/investigations", "/investigations/1", "/sessions", "/ping"])
def test_a_preflight_needs_no_session_and_is_kept_by_the_browser(client, path):
    plain = client.application.test_client()
    response = plain.options(path, headers=PREFLIGHT)
    assert (response.status_code, response.data) == (200, b"")
    assert response.headers["Access-Control-Allow-Origin"] in ("*", ORIGIN)
    assert {"authorization", "content-type"} <= words(
        response.headers["Access-Control-Allow-Headers"]
    )
    assert "get" in words(response.headers["Access-Control-Allow-Methods"])
    assert int(response.headers["Access-Control-Max-Age"]) >= 600


def test_a_preflight_refuses_headers_that_nobody_needs(client):
    asked = ASK | {"Access-Control-Request-Headers": "x-forwarded-for"}
    response = client.application.test_client().options("/investigations", headers=asked)
    allowed = words(response.headers.get("Access-Control-Allow-Headers", ""))
    assert "x-forwarded-for" not in allowed


@pytest.mark.parametrize(
    ("origin", "is_allowed"),
    [
        (ORIGIN, True),
        ("http://localhost:3000", True),
        ("https://evil.example.org", False),
        ("https://data.example.org.evil.net", False),
        ("https://dataXexample.org", False),
        ("http://data.example.org", False),
        ("null", False),
    ],
)
def test_only_the_configured_origins_may_read(sqlite_url, origin, is_allowed):
    app = configured(sqlite_url, {"cors_origins": [ORIGIN, "http://localhost:3000"]})
    with client_of(app) as plain:
        client = checked(plain)
        for response in (
            client.get("/investigations", headers={"Origin": origin}),
            client.get("/nothing", headers={"Origin": origin}),
            plain.options("/investigations", headers=PREFLIGHT | {"Origin": origin}),
        ):
            allowed = response.headers.get("Access-Control-Allow-Origin")
            assert allowed == (origin if is_allowed else None)
            assert not is_allowed or "Origin" in ", ".join(response.headers.getlist("Vary"))


def test_allow_names_the_methods_of_the_address(client):
    response = client.open("/sessions", method="PATCH")
    assert {"get", "post", "put", "delete"} <= words(response.headers["Allow"])
    assert "get" in words(client.put("/investigations").headers["Allow"])


def test_an_answer_names_no_software(client):
    for path in ("/investigations", "/nothing"):
        headers = str(client.get(path).headers).lower()
        assert "werkzeug" not in headers
        assert "python" not in headers


def test_a_database_that_is_away_is_a_503_with_retry_after(sqlite_server):
    url = sqlite_server.create_database()
    app = app_over(url)
    client = checked(app.test_client())
    for path in ("/investigations", "/investigations/1", "/sessions"):
        response = client.get(path, headers={"Authorization": "Bearer x"})
        assert (response.status_code, response.get_json()["code"]) == (503, "backend_unavailable")
        assert int(response.headers["Retry-After"]) > 0
    app.extensions["datagateway_api.catalogue"].close()
