"""One log line a request: who asked for which route, how it ended and what it took.

Neither the session id, nor the query, nor any body is in it.
"""

import logging
import time
from collections.abc import Callable

from flask import Flask, Response, current_app, g, request

from datagateway_api.web.request_ids import request_id

log = logging.getLogger(__name__)

COUNTERS = "datagateway_api.call_counters"
NOBODY = "-"


def install(app: Flask) -> None:
    """Log every request of an app when its answer has been sent."""
    app.extensions[COUNTERS] = []
    app.before_request(_start)
    app.after_request(_finish)


def count_calls(app: Flask, counter: Callable[[], int]) -> None:
    """Have a backend's calls (statements) counted: ``counter`` gives those of this thread."""
    app.extensions[COUNTERS].append(counter)


def name_user(user_name: str) -> None:
    """Note whose request the current one is."""
    g.user_name = user_name


def _start() -> None:
    g.started = time.perf_counter()
    g.counted = _calls(current_app.extensions[COUNTERS])


def _calls(counters: list[Callable[[], int]]) -> int:
    return sum(counter() for counter in counters)


def _finish(response: Response) -> Response:
    """Write the line once the whole answer was sent; a long one is read while it is sent."""
    counters = current_app.extensions[COUNTERS]
    started, counted = g.get("started", time.perf_counter()), g.get("counted", 0)
    facts: dict[str, object] = {
        "method": request.method,
        "route": str(request.url_rule or NOBODY),
        "status": response.status_code,
        "request_id": request_id(),
        "user": g.get("user_name", NOBODY),
    }

    def write() -> None:
        facts["ms"] = round((time.perf_counter() - started) * 1000, 1)
        facts["statements"] = _calls(counters) - counted
        log.info(
            "%(method)s %(route)s %(status)d %(ms).1f ms, %(statements)d statements, "
            "%(user)s [%(request_id)s]",
            facts,
            extra={"access": facts},
        )

    response.call_on_close(write)
    return response
