"""Database backends over catalogues, and what tests do to a database behind a backend's back."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from datagateway_api.accounts.sessions import SessionRules
from datagateway_api.backends.database.backend import DatabaseBackend
from datagateway_api.sql.connections import Limits
from test.support.catalogue import USER, password_hash


def backend_over(
    url: str, *, cache_seconds: float = 0, limits: Limits | None = None
) -> DatabaseBackend:
    """Return a backend, anon and USER allowed, that by default looks sessions up every time."""
    rules = SessionRules(
        allows_anon=True, users={USER: password_hash()}, cache_seconds=cache_seconds
    )
    return DatabaseBackend(url, limits or Limits(pool_size=4), rules)


@contextmanager
def connected(url: str) -> Iterator[sa.Connection]:
    """Yield a connection of its own whose work is committed."""
    with sa.create_engine(url, poolclass=NullPool).begin() as connection:
        yield connection


def run(url: str, statement: str, values: Mapping[str, object] | None = None) -> None:
    """Run one statement with named values; names of tables are written with double quotes."""
    with connected(url) as connection:
        connection.execute(sa.text(quoted(connection, statement)), dict(values or {}))


def scalar(url: str, statement: str) -> object:
    """Return the one value that a statement selects."""
    with connected(url) as connection:
        return connection.execute(sa.text(quoted(connection, statement))).scalar()


def quoted(connection: sa.Connection, statement: str) -> str:
    return statement.replace('"', "`") if connection.dialect.name == "mysql" else statement
