"""Throw-away MariaDB and PostgreSQL servers, for tests and for the benchmark."""

import signal
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from util.server_process import ServerProcess, find_program

USER = "tester"
# Distinct, so that a test can look for it where it must not appear.
PASSWORD = "throw-away-password-7391"  # noqa: S105 of a server that no other machine reaches


class ServerAbsent(Exception):
    """The programs of a database server are not installed; the message says what to install."""


class DatabaseServer(ABC):
    """Something that fresh, empty databases can be asked from."""

    name: str

    @abstractmethod
    def create_database(self, collation: str | None = None) -> str:
        """Create an empty database, by default with the server's collation, and return its URL."""

    @abstractmethod
    def drop_database(self, url: str) -> None:
        """Remove a database that `create_database` made, even while connections are open."""


class NetworkServer(DatabaseServer):
    """A server, by the URL of an account that may create databases, and its process if ours."""

    stop_signal: signal.Signals
    kill_signal: signal.Signals

    def __init__(self, url: sa.URL, process: ServerProcess | None = None) -> None:
        """Take the account's URL, and the process where the server is ours."""
        self.url = url
        self._process = process

    def create_database(self, collation: str | None = None) -> str:
        name = fresh_name()
        self.execute(self.create_statement(name, collation))
        return self.url.set(database=name).render_as_string(hide_password=False)

    def drop_database(self, url: str) -> None:
        self.execute(self.drop_statement(sa.make_url(url).database or ""))

    def execute(self, statement: str) -> None:
        """Run one statement under the account that may create databases."""
        engine = sa.create_engine(self.url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)

    def answers(self) -> bool:
        """Whether the server accepts connections."""
        try:
            self.execute("SELECT 1")
        except DBAPIError:
            return False
        return True

    def restart(self) -> None:
        """Stop the server, which ends all its connections, and start it again."""
        with self.stopped():
            pass

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Have the server, which must be our own, stopped for the length of a `with` block."""
        assert self._process is not None
        self._process.stop(self.stop_signal)
        try:
            yield
        finally:
            self._process.start()

    def close(self) -> None:
        """Remove the server if it is ours."""
        if self._process is not None:
            self._process.stop(self.kill_signal)
            self._process.remove()

    @abstractmethod
    def create_statement(self, name: str, collation: str | None) -> str:
        """Return the SQL that creates a database for any Unicode text."""

    @abstractmethod
    def drop_statement(self, name: str) -> str:
        """Return the SQL that drops a database."""


class Mariadb(NetworkServer):
    """MariaDB or MySQL; a collation is one of its own, such as `utf8mb4_bin`."""

    name = "mariadb"
    stop_signal = signal.SIGTERM
    kill_signal = signal.SIGKILL

    def create_statement(self, name: str, collation: str | None) -> str:
        chosen = f" COLLATE {collation}" if collation else ""
        return f"CREATE DATABASE {name} CHARACTER SET utf8mb4{chosen}"

    def drop_statement(self, name: str) -> str:
        return f"DROP DATABASE IF EXISTS {name}"


class Postgresql(NetworkServer):
    """PostgreSQL; a collation is an ICU locale, such as `en-US`."""

    name = "postgresql"
    stop_signal = signal.SIGINT
    kill_signal = signal.SIGQUIT

    def create_statement(self, name: str, collation: str | None) -> str:
        chosen = f" LOCALE_PROVIDER icu ICU_LOCALE '{collation}'" if collation else ""
        return f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'{chosen}"

    def drop_statement(self, name: str) -> str:
        return f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"


def start_mariadb(place: Path | None = None) -> Mariadb:
    """Start a throw-away server, its data below a folder if one is given.

    Raises ServerAbsent where MariaDB is not installed.
    """
    server = find_program("mariadbd", "usr/sbin/mariadbd")
    install = find_program("mariadb-install-db", "usr/bin/mariadb-install-db")
    if server is None or install is None:
        raise ServerAbsent("MariaDB is absent; remedy: install the Debian package mariadb-server")
    process = ServerProcess("mysql", place)
    data = process.folder / "data"
    process.run(
        [
            install,
            "--no-defaults",
            f"--datadir={data}",
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
        ]
    )
    account = f"CREATE OR REPLACE USER {USER}@'127.0.0.1' IDENTIFIED BY '{PASSWORD}';"
    accounts = process.write(
        "accounts.sql", f"{account}\nGRANT ALL ON *.* TO {USER}@'127.0.0.1';\n"
    )
    url = own_url("mysql+pymysql", process.port)
    served = Mariadb(url.update_query_dict({"charset": "utf8mb4"}), process)
    process.serve(
        [
            server,
            "--no-defaults",
            f"--datadir={data}",
            f"--socket={process.folder / 'socket'}",
            f"--pid-file={process.folder / 'pid'}",
            f"--port={process.port}",
            f"--init-file={accounts}",
            "--bind-address=127.0.0.1",
            "--skip-name-resolve",
            "--character-set-server=utf8mb4",
            "--innodb-buffer-pool-size=64M",
            "--innodb-doublewrite=0",
            "--innodb-flush-log-at-trx-commit=0",
            "--innodb-log-file-size=32M",
            "--skip-performance-schema",
        ],
        served.answers,
    )
    return served


def start_postgresql(place: Path | None = None) -> Postgresql:
    """Start a throw-away server, its data below a folder if one is given.

    Raises ServerAbsent where PostgreSQL is not installed.
    """
    server = find_program("postgres", "usr/lib/postgresql/*/bin/postgres")
    if server is None:
        raise ServerAbsent("PostgreSQL is absent; remedy: install the Debian package postgresql")
    process = ServerProcess("postgres", place)
    data = process.folder / "data"
    password = process.write("password", PASSWORD)
    process.run(
        [
            str(Path(server).with_name("initdb")),
            f"--pgdata={data}",
            f"--username={USER}",
            f"--pwfile={password}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ]
    )
    served = Postgresql(own_url("postgresql+psycopg", process.port, "postgres"), process)
    options = {
        "listen_addresses": "127.0.0.1",
        "port": str(process.port),
        "unix_socket_directories": str(process.folder),
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "shared_buffers": "64MB",
    }
    settings = [f"--{name}={value}" for name, value in options.items()]
    process.serve([server, "-D", str(data), *settings], served.answers)
    return served


def own_url(driver: str, port: int, database: str | None = None) -> sa.URL:
    """Return the URL of a throw-away server's account that may create databases."""
    return sa.URL.create(driver, USER, PASSWORD, "127.0.0.1", port, database)


def fresh_name() -> str:
    """Return a database name that was never used."""
    return f"catalogue_{uuid4().hex[:12]}"
