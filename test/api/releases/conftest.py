"""Fixtures of the tests that drive open-data releases: a data manager over a new store."""

from collections.abc import Iterator

import pytest

from test.support import servers
from test.support.releases import Releases, opened


@pytest.fixture(scope="module")
def releases(sqlite_server: servers.SqliteFiles) -> Iterator[Releases]:
    """A store on SQLite, for all tests of one module."""
    url = sqlite_server.create_database()
    with opened(url) as found:
        yield found
    sqlite_server.drop_database(url)


@pytest.fixture(scope="module")
def any_releases(module_database_url: str) -> Iterator[Releases]:
    """A store on each kind of database in turn, for all tests of one module."""
    with opened(module_database_url) as found:
        yield found
