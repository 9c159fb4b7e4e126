"""Databases for tests: SQLite files, and servers, throw-away or named by the environment."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest
import sqlalchemy as sa

from util.database_servers import (
    DatabaseServer,
    Mariadb,
    NetworkServer,
    Postgresql,
    ServerAbsent,
    fresh_name,
    start_mariadb,
    start_postgresql,
)

__all__ = ["DatabaseServer", "Mariadb", "NetworkServer", "Postgresql", "SqliteFiles"]

S = TypeVar("S", bound=NetworkServer)

MEMORY = Path("/dev/shm")
LEAST_FREE = 4 << 30
"""Bytes free in memory that make it a place for the servers' files."""


class SqliteFiles(DatabaseServer):
    """SQLite, whose databases are files of one folder."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def create_database(self, collation: str | None = None) -> str:
        if collation is not None:
            pytest.skip("an SQLite database has no collation")
        return f"sqlite:///{self._folder / fresh_name()}.sqlite"

    def drop_database(self, url: str) -> None:
        path = Path(sa.make_url(url).database or "")
        for each in path.parent.glob(f"{path.name}*"):
            each.unlink()


class Given(NetworkServer):
    """A server that the environment names, so it is not the tests' to stop."""

    @contextmanager
    def stopped(self) -> Iterator[None]:
        pytest.skip(f"the {self.name} server is given by the environment, not ours to stop")
        yield


class GivenMariadb(Given, Mariadb):
    """MariaDB or MySQL, as the environment names it."""


class GivenPostgresql(Given, Postgresql):
    """PostgreSQL, as the environment names it."""


def mariadb() -> Mariadb:
    """Return the server of TEST_MARIADB_URL, or start a throw-away one, or skip the test."""
    if given := os.environ.get("TEST_MARIADB_URL"):
        return GivenMariadb(sa.make_url(given).update_query_dict({"charset": "utf8mb4"}))
    return _started(start_mariadb)


def postgresql() -> Postgresql:
    """Return the server of TEST_POSTGRESQL_URL, or start a throw-away one, or skip the test."""
    if given := os.environ.get("TEST_POSTGRESQL_URL"):
        return GivenPostgresql(sa.make_url(given))
    return _started(start_postgresql)


def _started(start: Callable[[Path | None], S]) -> S:
    """Start a server whose files are in memory if that has room: they are many and short-lived."""
    has_room = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > LEAST_FREE
    try:
        return start(MEMORY if has_room else None)
    except ServerAbsent as absent:
        pytest.skip(str(absent))
