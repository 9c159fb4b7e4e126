"""One ICAT, whatever the protocol: who is logged in, and what may be read and written."""

from dataclasses import dataclass
from datetime import UTC, timedelta, tzinfo

from datagateway_api.core.entities import Schema
from util.icat_server.authenticators import Authenticators
from util.icat_server.database import Database
from util.icat_server.sessions import Sessions


@dataclass(frozen=True, slots=True)
class Settings:
    """What an administrator of ICAT sets."""

    root_users: frozenset[str] = frozenset(("simple/root",))
    zone: tzinfo = UTC
    lifetime: timedelta = timedelta(minutes=120)
    max_entities: int = 10_000


class Icat:
    """One server's catalogue and all that is done with it. Safe between threads."""

    def __init__(
        self, database: Database, authenticators: Authenticators, settings: Settings
    ) -> None:
        """Take the parts; nothing is read yet."""
        self.database = database
        self.authenticators = authenticators
        self.settings = settings
        self.sessions = Sessions(database, authenticators, settings.lifetime)

    @property
    def schema(self) -> Schema:
        """The entities of the catalogue."""
        return self.database.schema
