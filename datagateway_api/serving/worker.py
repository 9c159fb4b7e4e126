"""gunicorn's worker with threads, except for what never reaches the app.

gunicorn answers a malformed request in HTML and logs what it could not read, which may be a
session id. Here it is answered and logged as the app does it. And gunicorn waits for the rest of a
request for ever, which here has an end.
"""

import logging
import time
from http import HTTPStatus
from typing import Any, Final

from gunicorn import util
from gunicorn.http import errors as malformed
from gunicorn.workers.gthread import ThreadWorker

from datagateway_api.core.errors import ApiError, BadRequest, TooLarge
from datagateway_api.serving.patience import PatientSocket, patient
from datagateway_api.web import request_ids
from datagateway_api.web.errors import body_of, failure

log = logging.getLogger(__name__)

MOST_DISCARDED: Final = 128 << 20
SECONDS_TO_DISCARD: Final = 5.0
"""What is read of a body that the app refused unread, such as a large upload by nobody."""


class Worker(ThreadWorker):
    """Runs the app in threads."""

    def enqueue_req(self, conn: Any) -> None:
        """Have a thread read the next request of a connection, and answer it."""
        if not conn.initialized or isinstance(conn.sock, PatientSocket):
            conn.sock = patient(conn.sock)
        super().enqueue_req(conn)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Answer a request that the app did not."""
        status, error = _meaning(exc)
        id_ = request_ids.chosen(_given(req))
        if status >= 500:
            log.error("%s outside the app [%s]", type(exc).__name__, id_, exc_info=exc)
        else:
            log.info("%d %s: %s [%s]", status, error.code, type(exc).__name__, id_)
        try:
            util.write_nonblock(client, _answer(status, error, id_))
        except OSError:
            log.info("nobody waits for the answer [%s]", id_)

    def _keepalive_after(self, conn: Any, keepalive: bool) -> bool:
        """Discard what the app left of a body, and say whether the connection can go on.

        gunicorn itself closes it beyond 64 KiB, although it has just promised to keep it: the
        client's next request would fail.
        """
        if not keepalive:
            return False
        ends = time.monotonic() + SECONDS_TO_DISCARD
        return bool(conn.parser.finish_body(deadline=ends, max_bytes=MOST_DISCARDED))


def _meaning(exc: BaseException) -> tuple[int, ApiError]:
    match exc:
        case malformed.LimitRequestLine():
            return 414, TooLarge("the address is longer than this server accepts")
        case malformed.LimitRequestHeaders():
            return 431, TooLarge("the headers are larger than this server accepts")
        case malformed.ParseException() if "Response" not in type(exc).__name__:
            return 400, BadRequest("the request is malformed")
    return 500, failure()


def _given(req: Any) -> str:
    """The id that a client gave the request, as far as it was read."""
    headers = getattr(req, "headers", None) or ()
    return next((value for name, value in headers if name == request_ids.HEADER.upper()), "")


def _answer(status: int, error: ApiError, id_: str) -> bytes:
    body = body_of(error, id_, status)
    lines = (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
        "Connection: close",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        f"{request_ids.HEADER}: {id_}",
    )
    return "\r\n".join((*lines, "", "")).encode("ascii") + body
