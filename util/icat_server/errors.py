"""ICAT's exceptions: what goes over the wire as an ``IcatException``."""

from enum import StrEnum


class Kind(StrEnum):
    """ICAT's ``icatExceptionType``."""

    BAD_PARAMETER = "BAD_PARAMETER"
    INTERNAL = "INTERNAL"
    INSUFFICIENT_PRIVILEGES = "INSUFFICIENT_PRIVILEGES"
    NO_SUCH_OBJECT_FOUND = "NO_SUCH_OBJECT_FOUND"
    OBJECT_ALREADY_EXISTS = "OBJECT_ALREADY_EXISTS"
    SESSION = "SESSION"
    VALIDATION = "VALIDATION"
    NOT_IMPLEMENTED = "NOT_IMPLEMENTED"


class IcatError(Exception):
    """A failure as ICAT reports it; ``offset`` is the index of the bean at fault, or negative."""

    def __init__(self, kind: Kind, message: str, offset: int = -1) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.offset = offset


def internal_error() -> IcatError:
    """Return the error for a failure of the server itself, of which the log says more."""
    return IcatError(Kind.INTERNAL, "The server failed; its log says more")
