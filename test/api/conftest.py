"""Fixtures of the tests that drive a whole app: small catalogues, and clients that check."""

from collections.abc import Iterator

import pytest

from test.support import servers
from test.support.catalogue import app_over, client_of, fill
from test.support.checked import CheckedClient, checked


@pytest.fixture(scope="module")
def sqlite_url(sqlite_server: servers.SqliteFiles) -> Iterator[str]:
    """The small catalogue on SQLite, for all tests of one module."""
    url = sqlite_server.create_database()
    fill(url)
    yield url
    sqlite_server.drop_database(url)


@pytest.fixture(scope="module")
def client(sqlite_url: str) -> Iterator[CheckedClient]:
    """A client of the small catalogue on SQLite, with an anonymous session."""
    with client_of(app_over(sqlite_url)) as plain:
        yield checked(plain)


@pytest.fixture(scope="module")
def any_client(module_database_url: str) -> Iterator[CheckedClient]:
    """A client of the small catalogue on each kind of database in turn."""
    fill(module_database_url)
    with client_of(app_over(module_database_url)) as plain:
        yield checked(plain)
