"""What gunicorn answers by itself: failures outside the app, in the one shape."""

import json
import socket
from types import SimpleNamespace

import pytest
from gunicorn.http import errors as malformed

from datagateway_api.serving.worker import Worker


def answered(exc: Exception, headers: list[tuple[str, str]] | None) -> tuple[str, dict, dict]:
    """The first line, the headers and the body that a client gets."""
    ours, theirs = socket.socketpair()
    request = None if headers is None else SimpleNamespace(headers=headers)
    with ours, theirs:
        Worker.handle_error(object.__new__(Worker), request, ours, ("192.0.2.1", 5), exc)
        ours.shutdown(socket.SHUT_WR)
        received = b"".join(iter(lambda: theirs.recv(4096), b"")).decode()
    head, _, body = received.partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    return first, dict(line.split(": ", 1) for line in lines), json.loads(body)


def test_a_failure_outside_the_app_says_only_that_and_is_logged_with_its_cause(caplog):
    given = [("HOST", "x"), ("X-REQUEST-ID", "mine-1")]
    first, headers, body = answered(ValueError("secret"), given)
    assert first == "HTTP/1.1 500 Internal Server Error"
    assert (body["code"], body["status"], body["requestId"]) == ("internal", 500, "mine-1")
    assert headers["X-Request-Id"] == "mine-1"
    assert "secret" not in str(body)
    (record,) = caplog.records
    assert record.getMessage() == "ValueError outside the app [mine-1]"
    assert record.exc_info


@pytest.mark.parametrize(
    ("exc", "status", "code"),
    [
        (malformed.InvalidHeader("Authorization: secret"), 400, "bad_request"),
        (malformed.InvalidRequestLine("secret"), 400, "bad_request"),
        (malformed.LimitRequestLine(9000, 8190), 414, "too_large"),
        (malformed.LimitRequestHeaders("secret"), 431, "too_large"),
        (OSError("secret"), 500, "internal"),
    ],
)
def test_a_malformed_request_has_its_status_and_a_new_id(exc, status, code, caplog):
    caplog.set_level("INFO")
    _, headers, body = answered(exc, None)
    assert (body["status"], body["code"]) == (status, code)
    assert headers["X-Request-Id"] == body["requestId"]
    assert "secret" not in " ".join(record.getMessage() for record in caplog.records)


def test_a_client_that_has_gone_is_no_failure(caplog):
    caplog.set_level("INFO")
    ours, theirs = socket.socketpair()
    theirs.close()
    ours.shutdown(socket.SHUT_WR)
    with ours:
        Worker.handle_error(object.__new__(Worker), None, ours, None, ValueError())
    assert "nobody waits for the answer" in caplog.records[-1].getMessage()
