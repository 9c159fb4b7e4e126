"""How long a request may take to arrive."""

import socket
import threading
import time

import pytest

from datagateway_api.serving import patience
from datagateway_api.serving.patience import patient


@pytest.fixture
def pair(monkeypatch):
    """Our end of a connection, and the client's; the patience is short."""
    monkeypatch.setattr(patience, "SECONDS_TO_START", 0.2)
    monkeypatch.setattr(patience, "SLOWEST_BYTES_PER_SECOND", 1_000_000)
    ours, theirs = socket.socketpair()
    ours = patient(ours)
    with ours, theirs:
        yield ours, theirs


def test_what_arrives_in_time_is_received(pair):
    ours, theirs = pair
    theirs.sendall(b"GET")
    assert ours.recv(100) == b"GET"
    assert patient(ours) is ours
    assert ours.gettimeout() is None


def test_a_client_that_sends_nothing_more_has_gone_when_the_time_is_up(pair):
    ours, theirs = pair
    theirs.sendall(b"G")
    started = time.monotonic()
    received = [ours.recv(100), ours.recv(100)]
    assert received == [b"G", b""]
    assert 0.1 < time.monotonic() - started < 5


def test_a_byte_now_and_then_does_not_buy_another_wait(pair):
    ours, theirs = pair
    has_ended = threading.Event()

    def send() -> None:
        while not has_ended.wait(0.02):
            theirs.sendall(b"x")

    sender = threading.Thread(target=send)
    sender.start()
    started = time.monotonic()
    while time.monotonic() - started < 5 and ours.recv(1):
        pass
    seconds = time.monotonic() - started
    has_ended.set()
    sender.join()
    assert seconds < 5


def test_only_the_waiting_counts(pair):
    ours, theirs = pair
    time.sleep(0.3)
    theirs.sendall(b"GET")
    assert ours.recv(100) == b"GET"


def test_the_next_request_has_its_own_time(pair):
    ours, theirs = pair
    assert ours.recv(100) == b""
    theirs.sendall(b"GET")
    assert patient(ours).recv(100) == b"GET"
