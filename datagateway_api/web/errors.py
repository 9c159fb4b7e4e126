"""The one catch-all: whatever is raised in a request becomes a JSON answer of one shape.

``{"message": str, "code": str, "status": int, "details": […]?, "requestId": str}``, except below
the extension of a mode that has a shape of its own.
"""

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import orjson
from flask import Flask, Response, current_app, request
from werkzeug.exceptions import HTTPException

from datagateway_api.core.errors import (
    ApiError,
    BackendUnavailable,
    BadRequest,
    MethodNotAllowed,
    NotFound,
    SessionInvalid,
    TooLarge,
    UnsupportedMediaType,
)
from datagateway_api.web.request_ids import request_id

log = logging.getLogger(__name__)

_SESSION = re.compile("sess(?=ion)", re.IGNORECASE)
ZERO_WIDTH_SPACE = "\u200b"

_HTTP: Mapping[int, Callable[[HTTPException], ApiError]] = {
    400: lambda error: BadRequest("the request cannot be understood"),
    404: lambda error: NotFound("there is nothing at this address"),
    405: lambda error: MethodNotAllowed("this address does not take that method"),
    413: lambda error: TooLarge("the request body is larger than this server accepts"),
    415: lambda error: UnsupportedMediaType("the body must be application/json"),
}


SHOWS_UNKNOWN = "datagateway_api.shows_unknown_errors"
SHAPES = "datagateway_api.error_shapes"


@dataclass(frozen=True, slots=True)
class Shape:
    """How the addresses below one extension answer failures, where not as all others do.

    ``body_of`` writes the body, from the error, the request's id and the status; ``sees`` may take
    an error for another one.
    """

    extension: str
    body_of: Callable[[ApiError, str, int], bytes]
    sees: Callable[[ApiError], ApiError] = lambda error: error


def add_shape(app: Flask, shape: Shape) -> None:
    """Let failures below a mode's extension be answered in the mode's own shape."""
    app.extensions.setdefault(SHAPES, []).append(shape)


def install(app: Flask, *, shows_unknown: bool = False) -> None:
    """Answer every failure of an app, its 404 and 405 included, in the one shape.

    With ``shows_unknown`` a failure that nobody foresaw goes on to the development server's
    debugger instead.
    """
    app.extensions[SHOWS_UNKNOWN] = shows_unknown
    app.register_error_handler(Exception, answer)


def answer(error: Exception) -> Response:
    """Return the answer for an exception, and log it."""
    shape = _shape(request.path)
    known = shape.sees(meaning(error))
    if type(known) is ApiError and current_app.extensions.get(SHOWS_UNKNOWN):
        raise error
    if isinstance(known, BackendUnavailable):
        log.warning("%d %s: %s [%s]", known.status, known.code, known.message, request_id())
    elif known.status >= 500:
        log.error("%s [%s]", type(known).__name__, request_id(), exc_info=error)
    else:
        log.info("%d %s [%s]", known.status, known.code, request_id())
    body = shape.body_of(known, request_id(), known.status)
    response = Response(body, known.status, mimetype="application/json")
    if known.retry_after is not None:
        response.headers["Retry-After"] = str(known.retry_after)
    if isinstance(error, HTTPException):
        for name, value in error.get_headers():
            if name == "Allow":
                response.headers[name] = value
    return response


def _shape(path: str) -> Shape:
    """Return the shape of the mode that owns an address: the one with the longest extension."""
    folded = path.lower()
    shapes: list[Shape] = current_app.extensions.get(SHAPES, [])
    owners = [
        shape
        for shape in shapes
        if folded == shape.extension.lower() or folded.startswith(shape.extension.lower() + "/")
    ]
    return max(owners, key=lambda shape: len(shape.extension), default=PLAIN)


def meaning(error: Exception) -> ApiError:
    """Return the ApiError that an exception stands for."""
    if isinstance(error, ApiError):
        return error
    if isinstance(error, HTTPException):
        code = error.code or 500
        if code in _HTTP:
            return _HTTP[code](error)
        if code < 500:
            return BadRequest("the request is refused")
    return failure()


def failure() -> ApiError:
    """Return what a client learns of a failure that nobody foresaw."""
    return ApiError("the server failed; its log holds the cause under this request id")


def body_of(error: ApiError, id_: str, status: int) -> bytes:
    """Return the JSON of an error that is answered with this status.

    The DataGateway front-end logs its user out on the word "session" in any message, so the
    word is whole only where the session is the problem; elsewhere an invisible space parts it.
    """
    message = error.message
    if not isinstance(error, SessionInvalid):
        message = _SESSION.sub(lambda found: found.group() + ZERO_WIDTH_SPACE, message)
    body: dict[str, object] = {
        "message": message,
        "code": error.code,
        "status": status,
        "requestId": id_,
    }
    if error.details:
        body["details"] = error.details
    return orjson.dumps(body)


PLAIN = Shape("", body_of)
