"""Leases: a client in use belongs to one session, and the pool never grows or shrinks by itself."""

import random
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from datagateway_api.backends.icat.clients import Clients, Sizes
from datagateway_api.core.errors import BackendTimeout, BackendUnavailable, NotFound

THREADS, LEASES, SESSIONS = 8, 20_000, 5


class Client:
    """What a lease needs of a client, and a mark of who has it."""

    def __init__(self) -> None:
        self.sessionId: str | None = None
        self.holder: object = None


class Made:
    """Makes clients and counts them."""

    def __init__(self) -> None:
        self.clients: list[Client] = []

    def __call__(self) -> Client:
        self.clients.append(Client())
        return self.clients[-1]


def clients_of(**sizes: Any) -> tuple[Clients[Client], Made]:
    made = Made()
    return Clients(Sizes(**{"timeout": 0.05, **sizes}), made), made


@contextmanager
def switching() -> Iterator[None]:
    """Let threads take turns as often as Python can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def hold(clients: Clients[Client], session: str, moment: float) -> None:
    """Lease a client and see that nobody else gets it or changes its session meanwhile."""
    me = object()
    with clients.lease(session) as client:
        assert client.holder is None
        client.holder = me
        for _ in range(3):
            assert client.sessionId == session
            time.sleep(moment)
        assert client.holder is me
        client.holder = None


def test_sessions_never_mix_however_threads_take_turns():
    clients, made = clients_of(cache=2, pool_init=2, pool_max=4, timeout=30)
    clients.fill()

    def work(seed: int) -> int:
        chance = random.Random(seed)
        for _ in range(LEASES // THREADS):
            session = f"session {chance.randrange(SESSIONS)}"
            if chance.random() < 0.02:
                clients.forget(session)
            hold(clients, session, 0)
        return LEASES // THREADS

    with switching(), ThreadPoolExecutor(THREADS) as pool:
        assert sum(pool.map(work, range(THREADS))) == LEASES
    assert len(made.clients) <= 4
    assert clients.state() == {"in_use": 0, "idle": len(made.clients), "most": 4}


def test_a_client_in_use_is_neither_evicted_nor_handed_out():
    clients, made = clients_of(cache=1, pool_init=1, pool_max=2)
    clients.fill()
    with clients.lease("a") as first:
        with clients.lease("b") as second:
            assert second is not first
        # b now fills the cache of one; c takes its client, since a's is in use.
        with clients.lease("c") as third:
            assert third is second
            assert (first.sessionId, third.sessionId) == ("a", "c")
    assert len(made.clients) == 2


def test_two_requests_of_one_session_have_two_clients():
    clients, _ = clients_of()
    with clients.lease("a") as first, clients.lease("a") as second:
        assert first is not second
        assert first.sessionId == second.sessionId == "a"
    assert clients.state()["idle"] == 2


def test_the_next_request_of_a_session_finds_its_client():
    clients, made = clients_of(cache=2, pool_init=0)
    used = []
    for session in ("a", "b", "a", "b"):
        with clients.lease(session) as client:
            used.append(client)
    assert used[:2] == used[2:]
    assert len(made.clients) == 2


def test_the_session_used_longest_ago_leaves_the_cache():
    clients, made = clients_of(cache=2, pool_init=0, pool_max=3)
    for session in ("a", "b", "a", "c"):
        with clients.lease(session):
            pass
    assert sorted(str(client.sessionId) for client in made.clients) == ["None", "a", "c"]


def test_a_client_without_room_in_the_cache_keeps_no_session():
    clients, made = clients_of(cache=0)
    with clients.lease("a"):
        pass
    assert [client.sessionId for client in made.clients] == [None]


def test_when_all_are_in_use_a_request_waits_and_is_then_told_to_come_again():
    clients, _ = clients_of(cache=0, pool_init=0, pool_max=2, timeout=0.2)
    with clients.lease("a"), clients.lease("b"):
        started = time.monotonic()
        with pytest.raises(BackendUnavailable, match="in use") as found:
            clients.lease("c").__enter__()
        assert 0.2 <= time.monotonic() - started < 2
    assert found.value.status == 503
    assert found.value.retry_after == 1
    with clients.lease("c") as client:
        assert client.sessionId == "c"


def test_a_request_that_waits_gets_the_first_client_that_is_free():
    clients, _ = clients_of(pool_init=0, pool_max=1, cache=1, timeout=10)
    got = threading.Event()

    def wait() -> None:
        with clients.lease("b") as client:
            assert client.sessionId == "b"
            got.set()

    thread = threading.Thread(target=wait)
    with clients.lease("a"):
        thread.start()
        assert not got.wait(0.05)
    assert got.wait(5)
    thread.join()


@pytest.mark.parametrize("error", [BackendUnavailable("away"), BackendTimeout("late")])
def test_a_client_that_could_not_reach_icat_is_replaced(error):
    clients, made = clients_of(pool_init=1, pool_max=1)
    clients.fill()
    with pytest.raises(BackendUnavailable), clients.lease("a") as dead:
        raise error
    assert clients.state() == {"in_use": 0, "idle": 0, "most": 1}
    with clients.lease("a") as fresh:
        assert fresh is not dead
    assert len(made.clients) == 2


def test_a_client_that_icat_answered_is_kept_whatever_the_answer():
    clients, made = clients_of(pool_init=1, pool_max=1)
    clients.fill()
    with pytest.raises(NotFound), clients.lease("a"):
        raise NotFound("nothing")
    with clients.lease("a"):
        pass
    assert len(made.clients) == 1


def test_a_client_that_cannot_be_made_takes_no_place():
    def fail() -> Client:
        raise BackendUnavailable("away")

    clients = Clients(Sizes(pool_max=1, timeout=0.05), fail)
    for _ in range(3):
        with pytest.raises(BackendUnavailable, match="away"):
            clients.lease("a").__enter__()
    assert clients.state()["in_use"] == 0


def test_a_session_that_has_ended_is_forgotten():
    clients, made = clients_of()
    with clients.lease("a"):
        pass
    clients.forget("a")
    clients.forget("never seen")
    assert [client.sessionId for client in made.clients] == [None]
    assert clients.state()["idle"] == 1


def test_the_pool_starts_with_as_many_as_it_shall():
    clients, made = clients_of(pool_init=3, pool_max=5)
    assert clients.state() == {"in_use": 0, "idle": 0, "most": 5}
    clients.fill()
    assert clients.state() == {"in_use": 0, "idle": 3, "most": 5}
    with ExitStack() as stack:
        for number in range(5):
            stack.enter_context(clients.lease(f"s{number}"))
        assert clients.state() == {"in_use": 5, "idle": 0, "most": 5}
    assert len(made.clients) == 5
    clients.clear()
    assert clients.state() == {"in_use": 0, "idle": 3, "most": 5}
    assert {client.sessionId for client in clients._idle} == {None}
