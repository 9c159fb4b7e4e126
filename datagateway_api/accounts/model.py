"""Who asks: what somebody logs in with, the session that this opens, and its caller."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody whose session was found valid, or the service itself.

    Only a backend or a store that owns the sessions makes one.
    """

    session_id: str
    user_name: str


@dataclass(frozen=True, slots=True)
class Session:
    """One session: its id, when it ends (naive UTC) and whose it is (``mechanism/name``)."""

    id: str
    expires: datetime
    user_name: str


@dataclass(frozen=True, slots=True)
class Credentials:
    """What somebody logs in with."""

    mechanism: str
    username: str
    password: str
