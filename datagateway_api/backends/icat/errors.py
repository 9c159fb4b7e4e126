"""The one place where faults of ICAT and failures to reach it become the project's own errors."""

import http.client
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeAlias
from urllib.error import HTTPError, URLError
from xml.sax import SAXException

import suds
from icat.exception import ICATError
from suds.transport import TransportError

from datagateway_api.core.errors import (
    AlreadyExists,
    ApiError,
    BackendError,
    BackendTimeout,
    BackendUnavailable,
    BadRequest,
    Forbidden,
    NotFound,
    SessionInvalid,
)

log = logging.getLogger(__name__)

Make: TypeAlias = Callable[[str], ApiError]

AWAY = "the catalogue's ICAT cannot be reached"
_GATEWAY_CODES = (502, 503, 504)
_MOST_SHOWN = 500


class Fault(Exception):
    """What ICAT answered instead of a result; ``offset`` is the number of the object at fault."""

    def __init__(self, type_: str, message: str, offset: int | None = None) -> None:
        """Take ICAT's type, text and offset."""
        super().__init__(type_, message, offset)
        self.type = type_
        self.message = message
        self.offset = offset

    @property
    def is_too_many(self) -> bool:
        """Whether more objects were asked for than ICAT returns at once."""
        return self.type == "VALIDATION" and "more than" in self.message


@contextmanager
def translated() -> Iterator[None]:
    """Turn ICAT's faults into ApiErrors."""
    try:
        yield
    except Fault as fault:
        raise meaning(fault) from fault


@contextmanager
def reached() -> Iterator[None]:
    """Turn failures of the transport, and of python-icat while it connects, into ApiErrors.

    A fault of ICAT, which comes with status 500, is no failure of the transport.
    """
    try:
        yield
    except TransportError as error:
        raise _by_status(error.httpcode) from error
    except HTTPError as error:
        raise _by_status(error.code) from error
    except URLError as error:
        log.warning("ICAT cannot be reached: %s", type(error.reason).__name__)
        raise BackendUnavailable(AWAY) from error
    except TimeoutError as error:
        raise BackendTimeout(
            "the catalogue's ICAT did not answer in time; ask for less, or narrow the conditions"
        ) from error
    except (OSError, http.client.HTTPException) as error:
        raise BackendUnavailable(AWAY) from error
    except (SAXException, suds.WebFault, ICATError, suds.TypeNotFound) as error:
        raise BackendError("what answers at icat_url is no ICAT") from error


def meaning(fault: Fault) -> ApiError:
    """Return the ApiError that a fault stands for."""
    make = _MEANINGS.get(fault.type, _failed)
    return make(fault.message)


def _by_status(code: int) -> ApiError:
    if code in _GATEWAY_CODES:
        return BackendUnavailable(AWAY)
    return BackendError(f"what answers at icat_url is no ICAT: it answered with status {code}")


def shown(message: str) -> str:
    """Return ICAT's words as they may be answered: short, and no talk of sessions."""
    if "session" in message.lower() or "SELECT" in message:
        return "ICAT gave no reason that can be shown"
    return message if len(message) <= _MOST_SHOWN else message[:_MOST_SHOWN] + "…"


def session_invalid(_: str = "") -> SessionInvalid:
    """Return the error for a session that ICAT does not know, or no longer."""
    return SessionInvalid("the session is unknown or has expired; log in again")


def _refused(message: str) -> BadRequest:
    log.info("ICAT refused a request: %s", _without_queries(message))
    return BadRequest(f"ICAT refused the request: {shown(message)}")


def _failed(message: str) -> BackendError:
    log.error("ICAT failed: %s", _without_queries(message))
    return BackendError("the catalogue's ICAT failed")


def _without_queries(message: str) -> str:
    """Return ICAT's words as they may be logged: EclipseLink's end with SQL and its values."""
    words = message.partition("SELECT")[0].partition("Call:")[0]
    return " ".join(words.split())[:_MOST_SHOWN]


_MEANINGS: Mapping[str, Make] = {
    "SESSION": session_invalid,
    "INSUFFICIENT_PRIVILEGES": lambda message: Forbidden(shown(message)),
    "NO_SUCH_OBJECT_FOUND": lambda message: NotFound(shown(message)),
    "OBJECT_ALREADY_EXISTS": lambda message: AlreadyExists(shown(message)),
    "VALIDATION": _refused,
    "BAD_PARAMETER": _refused,
    "INTERNAL": _failed,
    "NOT_IMPLEMENTED": _failed,
}
