"""The store: connections, the check that its tables are right, and the writers' sessions."""

import time
from collections.abc import Callable, Mapping
from functools import partial
from threading import Lock
from typing import Final

from sqlalchemy.engine import Dialect as EngineDialect

from datagateway_api.accounts.model import Caller, Credentials, Session
from datagateway_api.accounts.sessions import SessionRules, Sessions, SessionStatements
from datagateway_api.backends.measured import timed
from datagateway_api.core.errors import BackendUnavailable, Forbidden
from datagateway_api.releases import tables
from datagateway_api.releases.migrations import migrations
from datagateway_api.releases.settings import ReleasesSection
from datagateway_api.sql.connections import Connections, Limits
from datagateway_api.sql.dialects import Dialect, prepare_dialect
from datagateway_api.sql.errors import translated

MECHANISM: Final = "simple"
SECONDS_BETWEEN_LOOKS: Final = 1.0


class Store:
    """The releases' database. Connects when first needed; one for each process and mode."""

    def __init__(self, section: ReleasesSection) -> None:
        """Take the mode's section, without connecting."""
        limits = Limits(
            pool_size=section.connection_pool_size,
            connection_timeout=section.connection_timeout,
            pool_timeout=section.pool_timeout,
            query_timeout=section.query_timeout,
            lock_timeout=section.query_timeout,
        )
        self._all = Connections(section.db_url, limits)
        self._writers = section.writers
        rules = SessionRules(
            users=section.writers,
            minutes=section.session_minutes,
            cache_seconds=section.session_cache_seconds,
            failures_per_minute=section.login_failures_per_minute,
        )
        self._sessions = Sessions(self._all, rules)
        self._statements = SessionStatements(tables.SESSION, self._all.engine.dialect, self._all)
        self._is_ready = False
        self._looked = float("-inf")
        self._problem = BackendUnavailable("the store cannot be reached")
        self._lock = Lock()

    @property
    def dialect(self) -> Dialect:
        """The forms of the store's database."""
        return self._all.dialect

    @property
    def engine_dialect(self) -> EngineDialect:
        """SQLAlchemy's own dialect of the store's database."""
        return self._all.engine.dialect

    @property
    def connections(self) -> Connections:
        """The connections, once the tables were found to be the right ones.

        Raises BackendUnavailable, naming the remedy, where they are not.
        """
        if not self._is_ready:
            with self._lock:
                self._look()
        return self._all

    def login(self, credentials: Credentials) -> str:
        """Open a session for a writer and return its id."""
        self.connections  # noqa: B018 looks at the store before anything else
        return self._sessions.login(credentials, self._statements)

    def authenticate(self, session_id: str) -> Caller:
        """Return whose session this is. Raises SessionInvalid when unknown or expired.

        Raises Forbidden for a user who is a writer no longer.
        """
        self.connections  # noqa: B018 looks at the store before anything else
        session = self._sessions.find(session_id, self._statements)
        name = session.user_name.removeprefix(f"{MECHANISM}/")
        if name not in self._writers:
            raise Forbidden("this user is not one of the writers")
        return Caller(session.id, session.user_name)

    def session(self, caller: Caller) -> Session:
        """Return the caller's session as it is now."""
        return self._sessions.read(caller.session_id, self._statements)

    def refresh(self, caller: Caller) -> None:
        """Extend the life of the caller's session."""
        self._sessions.refresh(caller, self._statements)

    def logout(self, caller: Caller) -> None:
        """End the caller's session."""
        self._sessions.logout(caller, self._statements)

    def pool_state(self) -> Mapping[str, int]:
        """Return how many connections are in which state."""
        return self._all.state()

    def measure(self, observe: Callable[[str, float], None]) -> None:
        """Have each operation tell its name and its seconds when it ends or fails."""
        for owner, name in (
            *((self, each) for each in ("login", "authenticate", "refresh", "logout")),
            *((self._all, each) for each in ("run", "read", "write")),
        ):
            setattr(owner, name, timed(getattr(owner, name), partial(observe, name)))

    def call_count(self) -> int:
        """Return how many statements the calling thread has made so far."""
        return self._all.clock.statements.count

    def close(self) -> None:
        """Close the idle connections; new ones are opened when needed."""
        self._all.close()

    def _look(self) -> None:
        if self._is_ready:
            return
        if time.monotonic() - self._looked < SECONDS_BETWEEN_LOOKS:
            raise BackendUnavailable(self._problem.message)
        try:
            with translated(), self._all.engine.connect() as connection:
                migrations().check(connection)
                prepare_dialect(self._all.dialect, connection)
            self._is_ready = True
        except BackendUnavailable as error:
            self._problem = error
            raise
        finally:
            self._looked = time.monotonic()
