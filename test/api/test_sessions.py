"""Sessions: logging in, looking, extending, logging out, and what is said when that fails."""

import logging
import re
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from test.support.catalogue import PASSWORD, USER, app_over, client_of
from test.support.checked import CheckedClient, checked

LOGIN = {"username": USER, "password": PASSWORD}
WRONG = "wrong-horse-8241"


@pytest.fixture
def stranger(sqlite_url):
    """A client without a session, of an app that looks up every session and forgives nothing."""
    with client_of(app_over(sqlite_url, session_cache_seconds=0)) as plain:
        plain.environ_base.pop("HTTP_AUTHORIZATION")
        yield checked(plain)


def bearer(session_id: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {session_id}"}


def log_in(client: CheckedClient, **credentials: str) -> str:
    response = client.post("/sessions", json=credentials)
    assert response.status_code == 201
    return str(response.get_json()["sessionID"])


def refusal(response) -> tuple[int, str]:
    return response.status_code, response.get_json()["code"]


def edit_session(url: str, session_id: str, expires: datetime | None) -> None:
    engine = sa.create_engine(url)
    statement = sa.text("UPDATE SESSION_ SET EXPIREDATETIME = :expires WHERE ID = :id")
    value = expires.strftime("%Y-%m-%d %H:%M:%S.%f") if expires else None
    with engine.begin() as connection:
        assert connection.execute(statement, {"expires": value, "id": session_id}).rowcount == 1
    engine.dispose()


def now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def test_logging_in_returns_the_id_and_nothing_else(stranger):
    response = stranger.post("/sessions", json=LOGIN | {"mechanism": "simple"})
    assert response.status_code == 201
    assert list(response.get_json()) == ["sessionID"]
    headers = bearer(response.get_json()["sessionID"])
    assert stranger.get("/investigations/count", headers=headers).status_code == 200


def test_the_mechanism_is_simple_unless_named(stranger):
    headers = bearer(log_in(stranger, **LOGIN))
    assert stranger.get("/sessions", headers=headers).get_json()["username"] == f"simple/{USER}"


@pytest.mark.parametrize("more", [{}, {"username": ""}, {"username": "x", "password": "y"}])
def test_anon_needs_no_username(stranger, more):
    headers = bearer(log_in(stranger, mechanism="anon", **more))
    assert stranger.get("/sessions", headers=headers).get_json()["username"] == "anon/anon"


def test_every_login_has_an_id_of_its_own(stranger):
    assert len({log_in(stranger, mechanism="anon") for _ in range(50)}) == 50


def test_a_session_tells_its_id_its_end_and_its_user(stranger):
    session_id = log_in(stranger, **LOGIN)
    found = stranger.get("/sessions", headers=bearer(session_id)).get_json()
    assert list(found) == ["id", "expireDateTime", "username"]
    assert found["id"] == session_id
    left = datetime.fromisoformat(found["expireDateTime"]) - datetime.now(UTC)
    assert timedelta(minutes=119) < left <= timedelta(minutes=120)


def test_the_life_of_a_session_is_configurable(sqlite_url):
    with client_of(app_over(sqlite_url, session_minutes=5)) as plain:
        found = checked(plain).get("/sessions").get_json()
    left = datetime.fromisoformat(found["expireDateTime"]) - datetime.now(UTC)
    assert timedelta(minutes=4) < left <= timedelta(minutes=5)


def test_put_extends_a_session_and_returns_its_id(stranger, sqlite_url):
    session_id = log_in(stranger, **LOGIN)
    edit_session(sqlite_url, session_id, now() + timedelta(seconds=30))
    response = stranger.put("/sessions", headers=bearer(session_id))
    assert (response.status_code, response.get_json()) == (200, session_id)
    found = stranger.get("/sessions", headers=bearer(session_id)).get_json()
    left = datetime.fromisoformat(found["expireDateTime"]) - datetime.now(UTC)
    assert left > timedelta(minutes=119)


def test_delete_ends_a_session(stranger):
    headers = bearer(log_in(stranger, **LOGIN))
    assert stranger.get("/investigations/1", headers=headers).status_code == 200
    response = stranger.delete("/sessions", headers=headers)
    assert (response.status_code, response.data) == (204, b"")
    for method, path in (
        ("GET", "/sessions"),
        ("PUT", "/sessions"),
        ("DELETE", "/sessions"),
        ("GET", "/investigations/1"),
        ("GET", "/investigations/count"),
    ):
        response = stranger.open(path, method=method, headers=headers)
        assert refusal(response) == (403, "session_invalid")
        assert "session" in response.get_json()["message"]


def test_a_session_that_is_remembered_ends_at_once_when_logged_out(sqlite_url):
    with client_of(app_over(sqlite_url, session_cache_seconds=60)) as plain:
        client = checked(plain)
        assert client.get("/investigations/1").status_code == 200
        assert client.delete("/sessions").status_code == 204
        assert refusal(client.get("/investigations/1")) == (403, "session_invalid")


@pytest.mark.parametrize("seconds", [-1, -86_400 * 365])
def test_an_expired_session_is_refused_and_cannot_be_extended(stranger, sqlite_url, seconds):
    headers = bearer(session_id := log_in(stranger, **LOGIN))
    edit_session(sqlite_url, session_id, now() + timedelta(seconds=seconds))
    for method, path in (("GET", "/investigations"), ("GET", "/sessions"), ("PUT", "/sessions")):
        response = stranger.open(path, method=method, headers=headers)
        assert refusal(response) == (403, "session_invalid")


def test_a_session_without_an_end_is_refused(stranger, sqlite_url):
    session_id = log_in(stranger, **LOGIN)
    edit_session(sqlite_url, session_id, None)
    response = stranger.get("/sessions", headers=bearer(session_id))
    assert refusal(response) == (403, "session_invalid")


def test_a_remembered_session_still_ends_at_its_time(sqlite_url, monkeypatch):
    with client_of(app_over(sqlite_url, session_cache_seconds=60)) as plain:
        client = checked(plain)
        assert client.get("/investigations/1").status_code == 200
        later = now() + timedelta(minutes=121)
        monkeypatch.setattr("datagateway_api.core.dates.now", lambda: later)
        assert refusal(client.get("/investigations/1")) == (403, "session_invalid")


def test_a_session_that_icat_issued_is_honoured(stranger, sqlite_url):
    engine = sa.create_engine(sqlite_url)
    values = {"id": "icat-1", "user": "ldap/somebody", "end": now() + timedelta(hours=1)}
    insert = "INSERT INTO SESSION_ (ID, EXPIREDATETIME, USERNAME) VALUES (:id, :end, :user)"
    values["end"] = str(values["end"])
    with engine.begin() as connection:
        connection.execute(sa.text(insert), values)
    engine.dispose()
    found = stranger.get("/sessions", headers=bearer("icat-1")).get_json()
    assert found["username"] == "ldap/somebody"
    assert stranger.get("/investigations/count", headers=bearer("icat-1")).get_json() == 6


def test_two_users_have_two_sessions(stranger):
    first, second = log_in(stranger, **LOGIN), log_in(stranger, mechanism="anon")
    users = {
        session_id: stranger.get("/sessions", headers=bearer(session_id)).get_json()["username"]
        for session_id in (first, second, first)
    }
    assert users == {first: f"simple/{USER}", second: "anon/anon"}
    assert stranger.delete("/sessions", headers=bearer(first)).status_code == 204
    assert stranger.get("/sessions", headers=bearer(second)).status_code == 200


def test_one_user_can_have_two_sessions(stranger):
    first, second = log_in(stranger, **LOGIN), log_in(stranger, **LOGIN)
    stranger.delete("/sessions", headers=bearer(first))
    assert stranger.get("/sessions", headers=bearer(second)).status_code == 200


def test_a_wrong_name_and_a_wrong_password_look_alike(stranger):
    wrong_name = stranger.post("/sessions", json={"username": "nobody", "password": PASSWORD})
    wrong_password = stranger.post("/sessions", json={"username": USER, "password": WRONG})
    for response in (wrong_name, wrong_password):
        assert refusal(response) == (403, "forbidden")
    assert wrong_name.get_json()["message"] == wrong_password.get_json()["message"]


@pytest.mark.parametrize("password", ["", " ", PASSWORD + " ", PASSWORD.upper(), "\0" + PASSWORD])
def test_a_password_must_be_right_to_the_letter(stranger, password):
    response = stranger.post("/sessions", json={"username": USER, "password": password})
    assert refusal(response) == (403, "forbidden")


@pytest.mark.parametrize("mechanism", ["ldap", "db", "", "Simple", "anon "])
def test_an_unknown_mechanism_is_a_bad_request(stranger, mechanism):
    response = stranger.post("/sessions", json=LOGIN | {"mechanism": mechanism})
    assert refusal(response) == (400, "bad_request")
    assert "anon, simple" in response.get_json()["message"]


def test_a_mechanism_that_is_not_configured_is_unknown(sqlite_url):
    with client_of(app_over(sqlite_url, mechanisms={"anon": True})) as plain:
        response = checked(plain).post("/sessions", json=LOGIN)
        assert refusal(response) == (400, "bad_request")
        assert response.get_json()["message"].endswith("anon")


def test_nobody_can_log_in_where_no_mechanism_is_configured(sqlite_url):
    client = checked(app_over(sqlite_url, mechanisms={}).test_client())
    for body in (LOGIN, {"mechanism": "anon"}, {"username": "", "password": ""}):
        assert refusal(client.post("/sessions", json=body)) == (400, "bad_request")


def test_repeated_failures_of_one_user_are_slowed_down(sqlite_url):
    with client_of(app_over(sqlite_url, login_failures_per_minute=3)) as plain:
        client = checked(plain)
        for _ in range(3):
            response = client.post("/sessions", json={"username": USER, "password": WRONG})
            assert "Retry-After" not in response.headers
        for password in (WRONG, PASSWORD):
            response = client.post("/sessions", json={"username": USER, "password": password})
            assert refusal(response) == (403, "forbidden")
            assert "wait" in response.get_json()["message"]
            assert 0 < int(response.headers["Retry-After"]) <= 60
        other = client.post("/sessions", json={"username": "other", "password": WRONG})
        assert "Retry-After" not in other.headers
        assert client.post("/sessions", json={"mechanism": "anon"}).status_code == 201


def test_successes_are_not_counted_as_failures(sqlite_url):
    with client_of(app_over(sqlite_url, login_failures_per_minute=1)) as plain:
        client = checked(plain)
        assert {client.post("/sessions", json=LOGIN).status_code for _ in range(5)} == {201}


def test_no_secret_reaches_a_log_line_or_an_error(stranger, caplog):
    caplog.set_level(logging.DEBUG)
    session_id = log_in(stranger, **LOGIN)
    headers = bearer(session_id)
    bodies = [
        stranger.get("/sessions/x", headers=headers).text,
        stranger.get("/investigations?where={", headers=headers).text,
        stranger.get("/investigations/999", headers=headers).text,
        stranger.get("/investigations", headers=bearer(session_id + " x")).text,
        stranger.post("/sessions", json={"username": USER, "password": WRONG}).text,
        stranger.post("/sessions", json={"username": [WRONG], "password": WRONG}).text,
        stranger.post("/sessions", data=WRONG, content_type="application/json").text,
        stranger.post("/sessions", json={"mechanism": WRONG}).text,
    ]
    stranger.get("/sessions", headers=headers)
    stranger.put("/sessions", headers=headers)
    stranger.delete("/sessions", headers=headers)
    bodies.append(stranger.get("/investigations", headers=headers).text)
    logged = "\n".join(f"{record.getMessage()} {record.args}" for record in caplog.records)
    assert caplog.records
    for secret in (session_id, PASSWORD, WRONG):
        assert secret not in logged + caplog.text
        assert secret not in "\n".join(bodies)


def test_a_refused_request_is_logged_with_its_id_at_info_and_without_traceback(stranger, caplog):
    caplog.set_level(logging.INFO)
    response = stranger.get("/sessions", headers={"X-Request-Id": "find-me"})
    records = [record for record in caplog.records if "find-me" in record.getMessage()]
    assert response.get_json()["requestId"] == "find-me"
    assert [(record.levelname, record.exc_info) for record in records] == [("INFO", None)]
    assert re.search(r"401 no_credentials", records[0].getMessage())


def test_sessions_work_alike_on_every_database(any_client):
    session_id = log_in(any_client, **LOGIN)
    headers = bearer(session_id)
    assert any_client.get("/sessions", headers=headers).get_json()["username"] == f"simple/{USER}"
    assert any_client.put("/sessions", headers=headers).get_json() == session_id
    assert any_client.delete("/sessions", headers=headers).status_code == 204
    assert refusal(any_client.put("/sessions", headers=headers)) == (403, "session_invalid")
    assert refusal(any_client.get("/sessions", headers=bearer("'"))) == (403, "session_invalid")
