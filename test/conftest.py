"""Fixtures for every test: servers, fresh databases and the recorded data."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from test.support import servers
from test.support.scheduling import pytest_collection_modifyitems, pytest_xdist_make_scheduler

__all__ = ["pytest_collection_modifyitems", "pytest_xdist_make_scheduler"]

ROOT = Path(__file__).parents[1]

# Machines differ in speed, so no example has a deadline; and a commit is judged by fixed examples.
settings.register_profile("house", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("house")

# Explained assertions for the promises of a backend, which test modules of several folders import.
for _module in (
    "asking",
    "promises_conditions",
    "promises_creating",
    "promises_deleting",
    "promises_hooks",
    "promises_own_conditions",
    "promises_rows",
    "promises_sessions",
    "promises_updating",
    "writing",
):
    pytest.register_assert_rewrite(f"test.contract.{_module}")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with the data recorded from real systems, beside the repository."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the recorded data is absent: the folder ../shared/data beside the repository")
    return folder


@pytest.fixture(scope="session")
def sqlite_server(tmp_path_factory: pytest.TempPathFactory) -> servers.SqliteFiles:
    """SQLite, in a temporary folder."""
    return servers.SqliteFiles(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[servers.Mariadb]:
    """A real MariaDB server."""
    server = servers.mariadb()
    yield server
    server.close()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[servers.Postgresql]:
    """A real PostgreSQL server."""
    server = servers.postgresql()
    yield server
    server.close()


@pytest.fixture(scope="session", params=["sqlite", "mariadb", "postgresql"])
def database_server(request: pytest.FixtureRequest) -> servers.DatabaseServer:
    """Each kind of database in turn."""
    server: servers.DatabaseServer = request.getfixturevalue(f"{request.param}_server")
    return server


@pytest.fixture
def database_url(database_server: servers.DatabaseServer) -> Iterator[str]:
    """A fresh, empty database of each kind in turn, for one test."""
    url = database_server.create_database()
    yield url
    database_server.drop_database(url)


@pytest.fixture(scope="module")
def module_database_url(database_server: servers.DatabaseServer) -> Iterator[str]:
    """A fresh, empty database of each kind in turn, for all tests of one module."""
    url = database_server.create_database()
    yield url
    database_server.drop_database(url)
