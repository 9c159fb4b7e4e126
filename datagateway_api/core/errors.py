"""Every error that may leave a package of this project, with its HTTP status and stable code.

::

    ApiError                      500 internal
    ├── BadRequest                400 bad_request
    │   ├── BadFilter             400 bad_filter
    │   └── AlreadyExists         400 already_exists
    ├── NoCredentials             401 no_credentials
    ├── Forbidden                 403 forbidden
    │   └── SessionInvalid        403 session_invalid
    ├── NotFound                  404 not_found
    ├── MethodNotAllowed          405 method_not_allowed
    ├── Conflict                  409 conflict
    ├── PreconditionFailed        412 precondition_failed
    ├── TooLarge                  413 too_large
    │   └── UrlTooLong            414 too_large
    ├── UnsupportedMediaType      415 unsupported_media_type
    ├── Unprocessable             422 unprocessable
    ├── BackendError              502 backend_error
    ├── BackendUnavailable        503 backend_unavailable
    │   └── BackendTimeout        504 backend_unavailable
    └── ConfigurationError        (start-up only, never answered to a client)
"""

from typing import ClassVar


class ApiError(Exception):
    """The root: a failure with an HTTP status, a stable code and a message for the client."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal"
    help: ClassVar[str] = (
        "The server failed. The message says only that; the request id finds the cause in the log."
    )

    def __init__(
        self,
        message: str,
        *,
        details: list[dict[str, object]] | None = None,
        retry_after: int | None = None,
    ) -> None:
        """Take the message for the client; ``retry_after`` is in seconds."""
        super().__init__(message)
        self.message = message
        self.details = details
        self.retry_after = retry_after


class BadRequest(ApiError):
    """The request cannot be understood."""

    status = 400
    code = "bad_request"
    help = "The request or its body is malformed, or a value in it is refused."


class BadFilter(BadRequest):
    """A query parameter is malformed or names something that does not exist."""

    code = "bad_filter"
    help = "A query parameter is malformed, or names a field that does not exist."


class AlreadyExists(BadRequest):
    """A unique key would be broken."""

    code = "already_exists"
    help = "An object with the same unique key exists."


class NoCredentials(ApiError):
    """There is no Authorization header."""

    status = 401
    code = "no_credentials"
    help = "The Authorization header is missing."


class Forbidden(ApiError):
    """The user may not do this."""

    status = 403
    code = "forbidden"
    help = "The credentials are wrong, or the user may not do this."


class SessionInvalid(Forbidden):
    """The session id is malformed, unknown or expired."""

    code = "session_invalid"
    help = "The Authorization header is malformed, or its session is unknown or has expired."


class NotFound(ApiError):
    """There is no such address or object."""

    status = 404
    code = "not_found"
    help = "There is no such address, or no object with this id or filter."


class MethodNotAllowed(ApiError):
    """The address exists, but not for this method."""

    status = 405
    code = "method_not_allowed"
    help = "The address exists, but not with this method; the Allow header lists those it has."


class Conflict(ApiError):
    """What is there does not allow this change."""

    status = 409
    code = "conflict"
    help = "The state of what is there does not allow this change."


class PreconditionFailed(ApiError):
    """What is to be changed is no longer as the client saw it."""

    status = 412
    code = "precondition_failed"
    help = "The object was changed since the answer whose tag If-Match names; read it again."


class TooLarge(ApiError):
    """The request is larger than this server accepts."""

    status = 413
    code = "too_large"
    help = "The request body (413) or the URL (414) is larger than this server accepts."


class UrlTooLong(TooLarge):
    """The URL is longer than this server accepts."""

    status = 414


class UnsupportedMediaType(ApiError):
    """The body is not JSON."""

    status = 415
    code = "unsupported_media_type"
    help = "The body's Content-Type is not application/json."


class Unprocessable(ApiError):
    """The request is well formed, but what it holds cannot be stored; ``details`` lists why."""

    status = 422
    code = "unprocessable"
    help = "What was sent cannot be stored; `details` lists every place and the reason."


class BackendError(ApiError):
    """The backend answered with an error of its own."""

    status = 502
    code = "backend_error"
    help = "The catalogue behind this server failed."


class BackendUnavailable(ApiError):
    """The backend cannot be reached; trying again later may help."""

    status = 503
    code = "backend_unavailable"
    help = (
        "The catalogue behind this server cannot be reached, is busy (503), or did not finish "
        "in time (504)."
    )

    def __init__(self, message: str, *, retry_after: int = 5) -> None:
        """Take the message and after how many seconds a client may try again."""
        super().__init__(message, retry_after=retry_after)


class BackendTimeout(BackendUnavailable):
    """The backend was reached but did not finish in time."""

    status = 504


class ConfigurationError(ApiError):
    """The settings cannot be used; ``problems`` lists each with its key path."""

    help = "Raised at start-up only: the settings cannot be used."

    def __init__(self, problems: list[str]) -> None:
        """Take one sentence a problem, each opening with its key path."""
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)
