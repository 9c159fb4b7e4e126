"""Reading long results by the piece, in each driver's own way."""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any, TypeAlias

from sqlalchemy.pool import PoolProxiedConnection

Row: TypeAlias = Sequence[Any]
Parameters: TypeAlias = Sequence[object] | dict[str, object]
Stream: TypeAlias = Generator[Sequence[Row], None, None]
Open: TypeAlias = Callable[[PoolProxiedConnection, str, Parameters, int], Stream]

LONGEST_STREAM = 600
"""Seconds that a long answer may take, however slow its reader, on a database server."""


def stream_plainly(
    proxied: PoolProxiedConnection, sql: str, parameters: Parameters, size: int
) -> Stream:
    """Read from a cursor that does not fetch ahead, as SQLite's."""
    cursor = proxied.cursor()
    cursor.execute(sql, parameters)
    yield from _chunks(cursor, size)


def _stream_mysql(
    proxied: PoolProxiedConnection, sql: str, parameters: Parameters, size: int
) -> Stream:
    """Read from an unbuffered cursor, with a longer time limit for this one statement."""
    raw: Any = proxied.dbapi_connection
    # The driver's own class is the last but `object`: the connection may be of one derived from it.
    driver = type(raw).__mro__[-2].__module__.split(".")[0]
    cursor = raw.cursor(import_module(f"{driver}.cursors").SSCursor)
    if "MariaDB" in raw.get_server_info():
        sql = f"SET STATEMENT max_statement_time={LONGEST_STREAM} FOR {sql}"
    else:
        sql = sql.replace("SELECT", f"SELECT /*+ MAX_EXECUTION_TIME({LONGEST_STREAM}000) */", 1)
    cursor.execute(sql, parameters)
    is_over = False
    try:
        yield from _chunks(cursor, size)
        is_over = True
    finally:
        if not is_over:
            _abandon(cursor)
        cursor.close()


def _abandon(cursor: Any) -> None:
    """Keep PyMySQL from reading all rows left over; the connection is then of no more use."""
    if getattr(cursor, "_result", None) is not None:
        cursor._result.unbuffered_active = False
        cursor._result = None


def _stream_postgresql(
    proxied: PoolProxiedConnection, sql: str, parameters: Parameters, size: int
) -> Stream:
    """Read in single-row mode, inside a transaction that has a longer time limit."""
    raw: Any = proxied.dbapi_connection
    cursor = raw.cursor()
    is_inside = raw.info.transaction_status.name == "INTRANS"
    if not is_inside:
        cursor.execute("BEGIN READ ONLY")
    cursor.execute(f"SET LOCAL statement_timeout = {LONGEST_STREAM * 1000}")
    rows: list[Row] = []
    for row in cursor.stream(sql, parameters):
        rows.append(row)
        if len(rows) == size:
            yield rows
            rows = []
    if rows:
        yield rows
    if not is_inside:
        cursor.execute("COMMIT")
    cursor.close()


def _chunks(cursor: Any, size: int) -> Iterator[Sequence[Row]]:
    while rows := cursor.fetchmany(size):
        yield rows
        if len(rows) < size:
            return


STREAMS: Mapping[str, Open] = {"mysql": _stream_mysql, "postgresql": _stream_postgresql}
