"""Every request has an id: the client's own, or a new one. It is on every answer."""

import re
import secrets

from flask import Flask, Response, g, request

HEADER = "X-Request-Id"
_ACCEPTED = re.compile(r"[A-Za-z0-9._-]{1,64}\Z")


def request_id() -> str:
    """Return the id of the current request."""
    found: str | None = g.get("request_id")
    if found is None:
        found = chosen(request.environ.get("HTTP_X_REQUEST_ID", ""))
        g.request_id = found
    return found


def chosen(given: str) -> str:
    """Return the id that a client gave, where it is one, else a new one."""
    return given if _ACCEPTED.match(given) else secrets.token_hex(8)


def install(app: Flask) -> None:
    """Put the id on every answer of an app."""
    app.after_request(_add_header)


def _add_header(response: Response) -> Response:
    response.headers[HEADER] = request_id()
    return response
