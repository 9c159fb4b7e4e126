"""The tables of a mode's own store, brought from revision to revision by Alembic."""

import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from datagateway_api.core.errors import BackendUnavailable, ConfigurationError
from datagateway_api.sql.errors import translated

log = logging.getLogger(__name__)

NEWEST = "head"
NOTHING = "base"

_GET_LOCK: Final = "SELECT GET_LOCK('datagateway_migrations', 86400)"
_LOCKS: Final[Mapping[str, str]] = {
    "mysql": _GET_LOCK,
    "mariadb": _GET_LOCK,
    "postgresql": "SELECT pg_advisory_lock(hashtext('datagateway_migrations'))",
}
"""How a connection waits for all others that migrate, until it ends. SQLite has one writer only."""


class Migrations:
    """The revisions that lie in one folder, ``versions`` below it, and the name of their store.

    The name is that of the table that keeps the revision, so that stores can share a database.
    """

    def __init__(self, folder: Path, name: str, remedy: str) -> None:
        """Take the folder, the store's name and the command that upgrades such a store."""
        config = Config()
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        self._config = config
        self._scripts = ScriptDirectory.from_config(config)
        self._table = f"{name}_revision"
        self._remedy = remedy

    @property
    def newest(self) -> str:
        """The revision that this program works with."""
        found = self._scripts.get_current_head()
        assert found is not None
        return found

    @property
    def revisions(self) -> tuple[str, ...]:
        """All revisions, the oldest first."""
        return tuple(s.revision for s in self._scripts.walk_revisions())[::-1]

    def current(self, connection: Connection) -> str | None:
        """Return the revision that a database is at; None where it has no such store."""
        context = MigrationContext.configure(connection, opts={"version_table": self._table})
        return context.get_current_revision()

    def check(self, connection: Connection) -> None:
        """Raise BackendUnavailable, naming the remedy, unless a database is at the newest one."""
        found = self.current(connection)
        if found == self.newest:
            return
        if found is None:
            raise BackendUnavailable(f"the store has not been set up; run: {self._remedy}")
        if found in self.revisions:
            raise BackendUnavailable(
                f"the store is at revision {found}, and this version needs {self.newest}; "
                f"run: {self._remedy}"
            )
        raise BackendUnavailable(
            f"the store is at revision {found}, which a newer version has made: update this one"
        )

    def upgrade(self, db_url: str, revision: str = NEWEST) -> str | None:
        """Bring a database up to a revision, and return the one that it is at then.

        An SQLite file that does not exist is made. Raises ConfigurationError for an unknown
        revision.
        """
        return self._run(db_url, lambda at, _: self._scripts._upgrade_revs(revision, at))

    def downgrade(self, db_url: str, revision: str = NOTHING) -> str | None:
        """Take a database back to a revision, and return the one that it is at then."""
        return self._run(db_url, lambda at, _: self._scripts._downgrade_revs(revision, at))

    def _run(self, db_url: str, steps: Callable[[Any, Any], Any]) -> str | None:
        engine = create_engine(make_url(db_url), poolclass=NullPool, hide_parameters=True)
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _begin_by_hand)
            event.listen(engine, "begin", _begin_at_once)
        with translated(), engine.connect() as connection:
            _wait_for_others(connection)
            with EnvironmentContext(self._config, self._scripts, fn=steps) as context:
                context.configure(
                    connection=connection, version_table=self._table, transaction_per_migration=True
                )
                try:
                    with context.begin_transaction():
                        context.run_migrations()
                except CommandError as error:
                    raise ConfigurationError([f"revision: {error}"]) from error
            connection.commit()
            return self.current(connection)


def _wait_for_others(connection: Connection) -> None:
    lock = _LOCKS.get(connection.dialect.name)
    if lock is not None:
        connection.exec_driver_sql(lock)
        # Alembic commits only what it has begun itself; the lock stays with the connection.
        connection.commit()


def _begin_by_hand(raw: Any, _record: object) -> None:
    """Keep Python's driver from committing what it takes for the end of a transaction."""
    raw.isolation_level = None
    # A new file gets pages that hold whole rows; readers of it are not to wait for a writer.
    raw.execute("PRAGMA page_size = 16384")
    raw.execute("PRAGMA journal_mode = WAL")


def _begin_at_once(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
