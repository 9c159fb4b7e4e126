"""Connections to the database: leased for one request, replaced when lost, limited in time."""

import logging
import random
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import local
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import Pool, PoolProxiedConnection, QueuePool

from datagateway_api.core.errors import ApiError
from datagateway_api.core.query.operands import expression
from datagateway_api.sql.dialects import Dialect, dialect_for
from datagateway_api.sql.errors import is_collision, is_driver_error, translated
from datagateway_api.sql.streams import STREAMS, Parameters, Row, Stream, stream_plainly

log = logging.getLogger(__name__)
T = TypeVar("T")

INSTRUCTIONS_BETWEEN_LOOKS = 20_000
SECONDS_OF_SILENCE = 5
"""How long beyond the limit of statements a network may be silent before it counts as cut."""
LONGEST_GROUP = 1 << 26
MOST_ATTEMPTS = 6
LONGEST_PAUSE = 0.05
LONGEST_SORTED = 1 << 14
"""Bytes of a text that MariaDB sorts by: all of ICAT's longest, which has 4000 characters."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How many connections there may be, and how long things may take, in seconds.

    ``lock_timeout`` is how long an SQLite writer waits for another, if not as for a connection.
    """

    pool_size: int = 8
    connection_timeout: float = 2.0
    pool_timeout: float = 2.0
    query_timeout: float = 30.0
    lock_timeout: float | None = None


class Lease:
    """One connection in use by one request."""

    def __init__(self, proxied: PoolProxiedConnection, dialect: Dialect, clock: "Clock") -> None:
        """Take a connection from the pool."""
        self._proxied = proxied
        self._cursor = proxied.cursor()
        self._dialect = dialect
        self._clock = clock
        self._clock.start(proxied)
        self.is_kept = False
        self.is_lost = False

    @property
    def raw(self) -> Any:
        """The driver's own connection."""
        return self._proxied.dbapi_connection

    def rows(self, sql: str, parameters: Parameters) -> Sequence[Row]:
        """Run one statement and return all its rows."""
        self._clock.statements.count += 1
        self._cursor.execute(sql, parameters)
        return self._cursor.fetchall()

    def write(self, sql: str, parameters: Parameters) -> int:
        """Run one statement that changes rows and return how many it changed."""
        self._clock.statements.count += 1
        self._cursor.execute(sql, parameters)
        return self._cursor.rowcount

    def stream(self, sql: str, parameters: Parameters, size: int) -> Stream:
        """Run one statement and yield its rows by the ``size``, holding only those.

        The reader may be slow, so database servers get a longer time limit; on SQLite the usual
        one holds for each piece.
        """
        self._clock.statements.count += 1
        self._clock.stop(self._proxied)
        opened = STREAMS.get(self._dialect.name)
        if opened is not None:
            return opened(self._proxied, sql, parameters, size)
        return self._timed(stream_plainly(self._proxied, sql, parameters, size))

    def _timed(self, stream: Stream) -> Stream:
        """Limit the time of each piece, but not of what its reader does with it."""
        try:
            while True:
                self._clock.start(self._proxied)
                rows = next(stream, None)
                self._clock.stop(self._proxied)
                if rows is None:
                    return
                yield rows
        finally:
            stream.close()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Let the statements inside see one moment of the database."""
        begin = self._dialect.begin_snapshot
        if begin is None:
            yield
            return
        self._cursor.execute(begin)
        yield
        self._cursor.execute(self._dialect.end_snapshot)

    def end(self) -> None:
        """Leave the connection to whoever else uses it."""
        self._clock.stop(self._proxied)
        self._cursor.close()

    def release(self) -> None:
        """Give the connection back."""
        self.end()
        self._proxied.close()

    def discard(self, error: BaseException | None = None) -> None:
        """Close the connection, whose state is unknown."""
        self._clock.stop(self._proxied)
        self._proxied.invalidate(error)

    def lose(self, pool: Pool, error: BaseException) -> None:
        """Close the connection, which broke, and let its pool replace all that are as old.

        SQLAlchemy does the same for its own connections; disposing of the pool would leave
        those in use by other threads to the garbage collector.
        """
        self.is_lost = True
        self._clock.stop(self._proxied)
        pool._invalidate(self._proxied, error)


class Connections:
    """The pool of one database. Safe between threads; opened anew after a fork by ``close``."""

    def __init__(self, db_url: str, limits: Limits) -> None:
        """Prepare, without connecting."""
        url = make_url(db_url)
        self.dialect = dialect_for(url.get_backend_name())
        self.clock = Clock(limits.query_timeout)
        self.engine = _engine(url, limits)
        self._writing = self.engine.execution_options(isolation_level=self.dialect.write_level)
        setup = _SETUPS.get(self.dialect.name)
        if setup is not None:
            event.listen(self.engine, "connect", lambda raw, _: _set_up(raw, self.clock, setup))
        event.listen(self.engine, "before_cursor_execute", self._count)

    def run(self, work: Callable[[Lease], T]) -> T:
        """Do some work on a connection; where it was lost, once more on a new one.

        Work that goes on after its return sets ``is_kept`` and releases the lease itself.
        """
        with translated():
            lease = self._take()
            try:
                return self._run_on(lease, work)
            except Exception:
                if not lease.is_lost:
                    raise
                log.info("a connection to the database was lost and is replaced")
                return self._run_on(self._take(), work)

    def lease(self) -> Lease:
        """Take a connection out of the pool."""
        with translated():
            return self._take()

    def read(self, work: Callable[[Connection], T]) -> T:
        """Do some work that only reads, on a connection known to work."""
        self.run(lambda lease: lease.rows("SELECT 1", ()))
        with translated(), self.engine.connect() as connection:
            return work(connection)

    def write(self, work: Callable[[Connection], T]) -> T:
        """Do some work in one transaction, on a connection known to work; all or nothing.

        Work that another transaction got in the way of is done again, some times.
        """
        self.run(lambda lease: lease.rows("SELECT 1", ()))
        for attempt in range(1, MOST_ATTEMPTS):
            try:
                return self._write_once(work)
            except ApiError as error:
                if not is_collision(error):
                    raise
            log.info("a transaction collided with another one and is tried again")
            time.sleep(random.uniform(0, attempt * LONGEST_PAUSE))  # noqa: S311 is no secret
        return self._write_once(work)

    @contextmanager
    def reading_in(self, connection: Connection) -> Iterator[Lease]:
        """Read plainly within a transaction, and see what it wrote."""
        lease = Lease(connection.connection, self.dialect, self.clock)
        try:
            yield lease
        finally:
            lease.end()

    def state(self) -> Mapping[str, int]:
        """Return how many connections are in use and idle, and how many there may be."""
        pool = self.engine.pool
        if not isinstance(pool, QueuePool):
            return {}
        return {"in_use": pool.checkedout(), "idle": pool.checkedin(), "most": pool.size()}

    def close(self) -> None:
        """Close the idle connections; new ones are opened when needed."""
        self.engine.dispose()

    def _run_on(self, lease: Lease, work: Callable[[Lease], T]) -> T:
        try:
            result = work(lease)
        except BaseException as error:
            if self._is_lost(error, lease):
                lease.lose(self.engine.pool, error)
            else:
                lease.discard(error)
            raise
        if not lease.is_kept:
            lease.release()
        return result

    def _write_once(self, work: Callable[[Connection], T]) -> T:
        with translated(), self._writing.begin() as connection:
            if self.dialect.begin_write is not None:
                connection.exec_driver_sql(self.dialect.begin_write)
            return work(connection)

    def _count(self, *_: object) -> None:
        self.clock.statements.count += 1

    def _take(self) -> Lease:
        return Lease(self.engine.raw_connection(), self.dialect, self.clock)

    def _is_lost(self, error: BaseException, lease: Lease) -> bool:
        """Say whether an error means a broken connection; only an open one can tell."""
        return is_driver_error(error) and self.engine.dialect.is_disconnect(
            error,  # type: ignore[arg-type]
            lease.raw,
            None,
        )


@dataclass
class _Statements(local):
    count: int = 0


@dataclass
class Clock:
    """The time limit of statements where the database has none, and their number by thread."""

    seconds: float
    statements: _Statements = field(default_factory=_Statements)
    _ends: dict[int, float] = field(default_factory=dict)

    def start(self, proxied: PoolProxiedConnection) -> None:
        """Start the time of the statements that follow."""
        self._ends[id(proxied.dbapi_connection)] = time.monotonic() + self.seconds

    def stop(self, proxied: PoolProxiedConnection) -> None:
        """Take the limit off a connection."""
        self._ends.pop(id(proxied.dbapi_connection), None)

    def watch(self, raw: Any) -> Callable[[], int]:
        """Return a function that says whether a connection's time is over (1) or not (0)."""
        key = id(raw)
        return lambda: int(time.monotonic() > self._ends.get(key, float("inf")))


def _engine(url: URL, limits: Limits) -> Engine:
    name = url.get_backend_name()
    arguments: dict[str, object] = {}
    if name == "sqlite":
        patience = limits.lock_timeout or limits.connection_timeout
        arguments = {"timeout": patience, "check_same_thread": False}
    elif name in ("mysql", "mariadb"):
        arguments = {"connect_timeout": max(1, round(limits.connection_timeout))}
        if url.get_driver_name() == "pymysql":
            arguments["read_timeout"] = limits.connection_timeout
    elif name == "postgresql":
        arguments = {
            "connect_timeout": max(2, round(limits.connection_timeout)),
            "options": "-c timezone=UTC",
            "keepalives_idle": SECONDS_OF_SILENCE,
            "keepalives_interval": 1,
            "keepalives_count": 2,
            "tcp_user_timeout": SECONDS_OF_SILENCE * 1000,
        }
    engine = create_engine(
        url,
        connect_args=arguments,
        isolation_level="AUTOCOMMIT",
        pool_size=limits.pool_size,
        max_overflow=0,
        pool_timeout=limits.pool_timeout,
        pool_reset_on_return=None,
        hide_parameters=True,
    )
    if name == "sqlite" and url.database:
        event.listen(engine, "do_connect", _check_file)
    if url.get_driver_name() == "pymysql":
        from datagateway_api.sql import pymysql_connections

        event.listen(engine, "do_connect", pymysql_connections.connect)
    return engine


def _check_file(_dialect: object, _record: object, arguments: list[Any], _options: object) -> None:
    """Refuse a file that does not exist, which SQLite would otherwise make."""
    if arguments[0] != ":memory:" and not Path(arguments[0]).exists():
        raise sqlite3.OperationalError("there is no such file")


def _set_up_sqlite(raw: Any, clock: Clock) -> None:
    raw.execute("PRAGMA foreign_keys = ON")
    raw.create_function("regexp", 2, _sqlite_regexp, deterministic=True)
    raw.create_function("unicode_lower", 1, _sqlite_lower, deterministic=True)
    raw.set_progress_handler(clock.watch(raw), INSTRUCTIONS_BETWEEN_LOOKS)


def _sqlite_regexp(pattern: str, value: object) -> int | None:
    return None if value is None else int(expression(pattern).search(str(value)) is not None)


def _sqlite_lower(value: object) -> str | None:
    return None if value is None else str(value).lower()


def _set_up_mysql(raw: Any, clock: Clock) -> None:
    """Set what statements rely on; MariaDB and MySQL name the time limit differently."""
    is_mariadb = "MariaDB" in raw.get_server_info()
    limit = "max_statement_time" if is_mariadb else "max_execution_time"
    seconds = clock.seconds if is_mariadb else int(clock.seconds * 1000)
    cursor = raw.cursor()
    cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    cursor.execute(
        f"SET SESSION group_concat_max_len = %s, max_sort_length = %s, time_zone = '+00:00', "
        f"{limit} = %s",
        (LONGEST_GROUP, LONGEST_SORTED, seconds),
    )
    cursor.close()
    if hasattr(raw, "_read_timeout"):
        # PyMySQL waits for the server's greeting as long as for an answer: until here, shortly.
        raw._read_timeout = clock.seconds + SECONDS_OF_SILENCE


def _set_up_postgresql(raw: Any, clock: Clock) -> None:
    """Limit the time of statements, only from here on: SQLAlchemy's own first ones have none."""
    with raw.cursor() as cursor:
        cursor.execute(f"SET statement_timeout = {int(clock.seconds * 1000)}")
    if not raw.autocommit:
        raw.commit()


def _set_up(raw: Any, clock: Clock, setup: Callable[[Any, Clock], None]) -> None:
    """Prepare a new connection, or close it: the pool does not know it yet."""
    try:
        setup(raw, clock)
    except BaseException:
        raw.close()
        raise


_SETUPS: dict[str, Callable[[Any, Clock], None]] = {
    "sqlite": _set_up_sqlite,
    "mysql": _set_up_mysql,
    "postgresql": _set_up_postgresql,
}
