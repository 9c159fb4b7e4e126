"""Threads: whatever is asked at the same moment, each request gets its own answer."""

import random
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from test.support.catalogue import PASSWORD, USER, app_over, fill
from test.support.checked import CheckedClient, checked

THREADS = 8
ROUNDS = 40
PATHS = (
    *(f'/investigations?where={{"id":{{"eq":{id_}}}}}' for id_ in range(1, 7)),
    *(f'/datafiles?where={{"dataset.investigation.id":{id_}}}' for id_ in (1, 2, 3)),
    *(f'/investigations/count?where={{"name":{{"like":"{text}"}}}}' for text in ("1", "INV", "%")),
    '/investigations?where={"investigationUsers.user.name":{"like":"li"}}',
    '/investigations?where={"title":{"regexp":"^[A-Z]"}}&order=title',
    "/investigations?order=startDate",
    "/investigations?order=startDate desc",
    "/investigations?order=datasets.name desc&limit=2&skip=1&total=true",
    "/investigations?include=datasets.datafiles&limit=2",
    "/investigations?include=keywords,investigationUsers.user&skip=3",
    "/datasets?include=sample.type,parameters",
    "/datasets?distinct=type.name",
    "/datasets?distinct=name",
    "/datasets/count?distinct=name",
    "/investigations/count?group_by=type.id",
    "/investigations/count?group_by=name",
    "/investigations/findone?order=id desc",
    "/investigations/2?include=type",
    "/investigations/3?fields=name",
    "/users?fields=fullName",
    "/investigations/999",
    "/investigations?where={",
    "/nothing",
)


@pytest.fixture(scope="module", params=["sqlite", "mariadb"])
def app(request):
    server = request.getfixturevalue(f"{request.param}_server")
    url = server.create_database()
    fill(url)
    app = app_over(url, session_cache_seconds=0, connection_pool_size=4, pool_timeout=30)
    yield app
    app.extensions["datagateway_api.catalogue"].close()
    server.drop_database(url)


@pytest.fixture
def hasty_switches():
    """Let threads take turns as often as they can."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


def client_for(app, body: dict[str, str]) -> CheckedClient:
    client = checked(app.test_client())
    session_id = client.post("/sessions", json=body).get_json()["sessionID"]
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {session_id}"
    return client


def answer(client: CheckedClient, path: str) -> tuple[int, str | None, bytes]:
    response = client.get(path, headers={"X-Request-Id": "same"})
    return response.status_code, response.headers.get("X-Total-Count"), response.data


def test_threads_never_see_each_others_results(app, hasty_switches):
    logins = [{"mechanism": "anon"}, {"username": USER, "password": PASSWORD}]
    clients = [client_for(app, logins[number % 2]) for number in range(THREADS)]
    users = [client.get("/sessions").get_json() for client in clients]
    expected = {path: answer(clients[0], path) for path in PATHS}
    assert len({status for status, _, _ in expected.values()}) == 3
    together = Barrier(THREADS)

    def drive(number: int) -> list[str]:
        client, order = clients[number], random.Random(number)
        wrong = []
        together.wait()
        for _ in range(ROUNDS):
            for path in order.sample(PATHS, 6):
                if answer(client, path) != expected[path]:
                    wrong.append(path)
            if client.get("/sessions").get_json() != users[number]:
                wrong.append("/sessions")
        return wrong

    with ThreadPoolExecutor(THREADS) as pool:
        assert [wrong for wrong in pool.map(drive, range(THREADS)) if wrong] == []
    assert {user["username"] for user in users} == {"anon/anon", f"simple/{USER}"}


def test_threads_that_meet_a_new_query_at_once_get_one_answer(app, hasty_switches):
    clients = [client_for(app, {"mechanism": "anon"}) for _ in range(THREADS)]
    together = Barrier(THREADS)

    def ask(client: CheckedClient) -> list[bytes]:
        together.wait()
        return [client.get(f"/datasets?skip={n}&include=type").data for n in range(3)]

    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(ask, clients))
    assert all(found == answers[0] for found in answers)


def test_sessions_opened_and_closed_at_once_do_not_mix(app, hasty_switches):
    logins = [{"mechanism": "anon"}, {"username": USER, "password": PASSWORD}]

    def live(number: int) -> list[object]:
        found: list[object] = []
        for round_ in range(10):
            client = client_for(app, logins[(number + round_) % 2])
            found.append(client.get("/sessions").get_json()["username"])
            found.append(client.delete("/sessions").status_code)
            found.append(client.get("/investigations/1").status_code)
        return found

    names = ["anon/anon", f"simple/{USER}"]
    with ThreadPoolExecutor(THREADS) as pool:
        for number, found in enumerate(pool.map(live, range(THREADS))):
            expected = [[names[(number + n) % 2], 204, 403] for n in range(10)]
            assert found == [item for items in expected for item in items]
