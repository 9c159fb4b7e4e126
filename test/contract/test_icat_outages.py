"""ICAT down, slow, restarted or full: what a caller is told, and that it all comes back."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from datagateway_api.backends.icat.backend import IcatBackend
from datagateway_api.backends.icat.clients import Sizes
from datagateway_api.backends.icat.connecting import Access
from datagateway_api.core.errors import (
    BackendError,
    BackendTimeout,
    BackendUnavailable,
    SessionInvalid,
)
from datagateway_api.core.query.model import Asked
from test.contract.asking import Asking
from test.contract.icats import EVERYBODY_IS_ROOT, WAYS, ServedIcat, served_icat
from util.server_process import free_port


@pytest.fixture(scope="module")
def icat(tmp_path_factory) -> Iterator[ServedIcat]:
    with served_icat(tmp_path_factory.mktemp("outages"), *EVERYBODY_IS_ROOT) as served:
        yield served


def test_an_icat_that_is_restarted_goes_on_with_the_same_sessions(icat):
    ask = Asking(icat.backend)
    wanted = ask.rows("Investigation", Asked(include=("keywords",)))
    with icat.server.stopped():
        for work in (
            lambda: ask.rows("Investigation"),
            lambda: ask.count("Investigation"),
            lambda: ask.backend.authenticate(ask.caller.session_id),
            lambda: ask.backend.session(ask.caller),
            lambda: ask.backend.ping(),
            lambda: Asking(ask.backend),
        ):
            with pytest.raises(BackendUnavailable) as found:
                work()
            assert found.value.status == 503
            assert found.value.retry_after
    assert ask.rows("Investigation", Asked(include=("keywords",))) == wanted
    assert ask.backend.ping() is None


def test_an_icat_that_is_away_at_first_is_found_when_it_comes(icat):
    backend = icat.backend_with()
    with icat.server.stopped():
        for _ in range(3):
            with pytest.raises(BackendUnavailable) as found:
                backend.schema()
            assert found.value.retry_after
        assert backend.pool_state() == {}
    deadline = time.monotonic() + 5
    while True:
        try:
            assert len(backend.schema().entities) == 53
            break
        except BackendUnavailable:
            assert time.monotonic() < deadline
            time.sleep(0.1)
    assert len(Asking(backend).rows("Investigation")) == 6


def test_a_slow_icat_is_given_up_after_the_timeout_and_its_client_replaced(icat):
    backend = icat.backend_with(timeout=2)
    ask = Asking(backend)
    with icat.server.frozen():
        started = time.monotonic()
        with pytest.raises(BackendTimeout) as found:
            ask.rows("Investigation")
        assert time.monotonic() - started < 10
    assert found.value.status == 504
    assert len(ask.rows("Investigation")) == 6
    assert backend.pool_state()["in_use"] == 0


def test_while_all_clients_wait_for_icat_further_requests_are_turned_away(icat):
    backend = icat.backend_with(sizes=Sizes(1, 1, 1, timeout=0.2), timeout=5)
    ask = Asking(backend)
    with icat.server.frozen(), ThreadPoolExecutor(1) as pool:
        slow = pool.submit(ask.rows, "Investigation")
        while not backend.pool_state()["in_use"]:
            time.sleep(0.01)
        started = time.monotonic()
        with pytest.raises(BackendUnavailable, match="in use"):
            ask.rows("Facility")
        assert time.monotonic() - started < 4
        assert isinstance(slow.exception(), BackendTimeout)
    assert len(ask.rows("Facility")) == 1


def test_those_who_wait_for_the_services_own_session_are_turned_away_together(icat):
    backend = icat.backend_with(sizes=Sizes(4, 1, 4, timeout=1), timeout=2)
    backend.ping()

    def ask(_: int) -> float:
        started = time.monotonic()
        with pytest.raises(BackendUnavailable):
            backend.service_caller()
        return time.monotonic() - started

    with icat.server.frozen(), ThreadPoolExecutor(4) as pool:
        assert max(pool.map(ask, range(4))) < 5
    time.sleep(1.1)
    assert backend.service_caller().user_name == "anon/anon"


def test_sessions_of_different_users_never_mix_over_http(icat):
    backend = icat.backend_with(sizes=Sizes(cache=2, pool_init=1, pool_max=3, timeout=60))
    names = [f"simple/user {number}" for number in range(6)]
    ids = {name: icat.issue_session(name, icat.life) for name in names}
    gate = threading.Barrier(8)

    def work(number: int) -> list[str]:
        gate.wait()
        order = [names[(number + turn) % len(names)] for turn in range(25)]
        return [name for name in order if backend.authenticate(ids[name]).user_name != name]

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, range(8))) == [[]] * 8
    state = backend.pool_state()
    assert state["in_use"] == 0
    assert state["idle"] <= 3


def test_a_session_that_icat_ended_is_told_as_such(icat):
    ask = Asking(icat.backend)
    Asking(icat.backend_with()).backend.logout(ask.caller)
    for work in (ask.rows, ask.count):
        with pytest.raises(SessionInvalid):
            work("Investigation")


def test_nothing_at_the_address_is_unavailable():
    backend = IcatBackend(Access(f"http://127.0.0.1:{free_port()}"), Sizes(), WAYS)
    with pytest.raises(BackendUnavailable, match="cannot be reached"):
        backend.schema()


@pytest.mark.parametrize("path", ["/icat/version", "/nothing/here?wsdl"])
def test_something_else_at_the_address_is_told_as_such(icat, path):
    backend = IcatBackend(Access(icat.server.base + path), Sizes(), WAYS)
    with pytest.raises(BackendError, match="is no ICAT"):
        backend.schema()
