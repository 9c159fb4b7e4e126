"""Sessions as rows of ICAT's own SESSION_ table, which the database backend shares."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from uuid import uuid4

import sqlalchemy as sa

from datagateway_api.core import dates
from util.icat_server.authenticators import Authenticators
from util.icat_server.database import Database
from util.icat_server.errors import IcatError, Kind

SECONDS_BETWEEN_PURGES = 3600


@dataclass(frozen=True, slots=True)
class Session:
    """Who is logged in, and until when."""

    id: str
    user: str
    expires: datetime

    @property
    def remaining_minutes(self) -> float:
        """The minutes that are left."""
        return (self.expires - dates.now()) / timedelta(minutes=1)


class Sessions:
    """Opens, finds, extends and ends sessions. Safe between threads."""

    def __init__(
        self, database: Database, authenticators: Authenticators, lifetime: timedelta
    ) -> None:
        """Take who may log in, and for how long."""
        self._database = database
        self._authenticators = authenticators
        self._lifetime = lifetime
        self._purged = float("-inf")
        self._lock = Lock()
        table = database.tables.sessions
        self._table = table
        is_it = table.c["id"] == sa.bindparam("wanted")
        self._find = sa.select(table.c["userName"], table.c["expireDateTime"]).where(is_it)
        self._extend = (
            sa.update(table).where(is_it).values({table.c["expireDateTime"]: sa.bindparam("ends")})
        )
        self._end = sa.delete(table).where(is_it)

    def login(self, mnemonic: str | None, credentials: Mapping[str, str]) -> str:
        """Open a session for the right credentials and return its id."""
        user = self._authenticators.user_name(mnemonic, credentials)
        id_, now, table = str(uuid4()), dates.now(), self._table
        values = {
            table.c["id"]: id_,
            table.c["userName"]: user,
            table.c["expireDateTime"]: now + self._lifetime,
        }
        with self._database.writing() as connection:
            if self._is_time_to_purge():
                connection.execute(sa.delete(table).where(table.c["expireDateTime"] < now))
            connection.execute(sa.insert(table).values(values))
        return id_

    def find(self, session_id: str | None) -> Session:
        """Return a session. Raises IcatError when it is unknown or over."""
        session = self._stored(session_id)
        if session.expires <= dates.now():
            raise IcatError(Kind.SESSION, f"Session id:{session_id} has expired")
        return session

    def refresh(self, session_id: str | None) -> None:
        """Give a session, even one that is over, its full life again."""
        session = self._stored(session_id)
        values = {"wanted": session.id, "ends": dates.now() + self._lifetime}
        with self._database.writing() as connection:
            connection.execute(self._extend, values)

    def logout(self, session_id: str | None) -> None:
        """End a session."""
        session = self._stored(session_id)
        with self._database.writing() as connection:
            connection.execute(self._end, {"wanted": session.id})

    def is_logged_in(self, user: str) -> bool:
        """Say whether somebody has a session that is not over."""
        columns = self._table.c
        wanted = sa.select(columns["id"]).where(
            columns["userName"] == user, columns["expireDateTime"] > dates.now()
        )
        with self._database.reading() as connection:
            return connection.execute(wanted.limit(1)).first() is not None

    def _stored(self, session_id: str | None) -> Session:
        if not session_id:
            raise IcatError(Kind.SESSION, "Session Id cannot be null or empty.")
        with self._database.reading() as connection:
            row = connection.execute(self._find, {"wanted": session_id}).first()
        if row is None:
            raise IcatError(Kind.SESSION, f"Unable to find user by sessionid: {session_id}")
        return Session(session_id, row[0], row[1])

    def _is_time_to_purge(self) -> bool:
        with self._lock:
            is_time = time.monotonic() - self._purged > SECONDS_BETWEEN_PURGES
            if is_time:
                self._purged = time.monotonic()
            return is_time
