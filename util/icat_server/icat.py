"""One ICAT, whatever the protocol: what may be read and written, and by whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta, tzinfo
from typing import Literal, TypeAlias

from datagateway_api.core.entities import Schema
from util.icat_server.authenticators import Authenticators
from util.icat_server.beans import Bean, Row
from util.icat_server.database import Database
from util.icat_server.errors import IcatError, Kind
from util.icat_server.query import Searcher
from util.icat_server.rules import Rules
from util.icat_server.sessions import Sessions
from util.icat_server.writing.rows import bean_id
from util.icat_server.writing.writer import Writer

_Flag: TypeAlias = Literal["R", "U", "D"]
_FLAGS: dict[str, _Flag] = {"READ": "R", "UPDATE": "U", "DELETE": "D"}


@dataclass(frozen=True, slots=True)
class Settings:
    """What an administrator of ICAT sets."""

    root_users: frozenset[str] = frozenset(("simple/root",))
    zone: tzinfo = UTC
    lifetime: timedelta = timedelta(minutes=120)
    max_entities: int = 10_000


class Icat:
    """One server's catalogue and all that is done with it. Safe between threads.

    What takes a session id raises IcatError for one that is not, or no longer, known.
    """

    def __init__(
        self, database: Database, authenticators: Authenticators, settings: Settings
    ) -> None:
        """Take the parts; nothing is read yet."""
        self.authenticators = authenticators
        self.settings = settings
        self.sessions = Sessions(database, authenticators, settings.lifetime)
        self._database = database
        catalogue = database.catalogue
        self._rules = Rules(catalogue, settings.root_users, zone=settings.zone)
        self._searcher = Searcher(
            catalogue, self._rules, zone=settings.zone, max_entities=settings.max_entities
        )
        self._writer = Writer(database, self._rules)

    @property
    def schema(self) -> Schema:
        """The entities of the catalogue."""
        return self._database.schema

    def user(self, session_id: str | None) -> str:
        """Return the name of a session's user."""
        return self.sessions.find(session_id).user

    def search(self, session_id: str | None, query: str | None) -> list[Row]:
        """Return what a query finds."""
        user = self.user(session_id)
        with self._database.reading() as connection:
            return self._searcher.search(connection, user, query or "")

    def get(self, session_id: str | None, query: str | None, id_: int) -> Bean:
        """Return one object, with what the query includes."""
        user = self.user(session_id)
        with self._database.reading() as connection:
            return self._searcher.get(connection, user, query or "", id_)

    def create(self, session_id: str | None, bean: Bean) -> int:
        """Create an object with what is below it, and return its id."""
        return self._writer.create(self.user(session_id), bean)

    def create_many(self, session_id: str | None, beans: Sequence[Bean]) -> list[int]:
        """Create objects, all or none, and return their ids."""
        return self._writer.create_many(self.user(session_id), beans)

    def update(self, session_id: str | None, bean: Bean) -> None:
        """Overwrite all that is stored of an object."""
        self._writer.update(self.user(session_id), bean)

    def write(self, session_id: str | None, beans: Sequence[Bean]) -> list[int]:
        """Create the objects without an id, change the others; return the ids of the new ones."""
        return self._writer.write(self.user(session_id), beans)

    def delete(self, session_id: str | None, beans: Sequence[Bean]) -> None:
        """Delete objects with what depends on them, all or none."""
        self._writer.delete(self.user(session_id), beans)

    def is_access_allowed(self, session_id: str | None, bean: Bean, access: str | None) -> bool:
        """Say whether a user may do something with an object; creating it is tried, and undone."""
        user = self.user(session_id)
        if access == "CREATE":
            return self._writer.may_create(user, bean)
        flag = _FLAGS.get(access or "")
        if flag is None:
            raise IcatError(
                Kind.BAD_PARAMETER,
                "invalid access type, must be 'READ', 'UPDATE', 'DELETE' or 'CREATE'",
            )
        id_ = bean_id(bean)
        if id_ is None:
            raise IcatError(Kind.NO_SUCH_OBJECT_FOUND, f"{bean.entity.name} has null primary key.")
        with self._database.reading() as connection:
            return self._rules.allows(connection, user, flag, bean.entity, [id_])

    def properties(self, session_id: str | None) -> list[str]:
        """Return the settings, each as a name and a value, to a root user."""
        self.check_root(session_id)
        settings = self.settings
        mnemonics = [each.mnemonic for each in self.authenticators]
        return [
            f"authn.list {' '.join(mnemonics)}",
            f"lifetimeMinutes {int(settings.lifetime / timedelta(minutes=1))}",
            f"maxEntities {settings.max_entities}",
            f"rootUserNames {' '.join(sorted(settings.root_users))}",
        ]

    def check_root(self, session_id: str | None) -> None:
        """Raise IcatError unless a session is of a root user."""
        if self.user(session_id) not in self.settings.root_users:
            raise IcatError(Kind.INSUFFICIENT_PRIVILEGES, "user must be in rootUserNames")
