"""Reading long results by the piece, in each driver's own way."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any, TypeAlias

from sqlalchemy.pool import PoolProxiedConnection

from datagateway_api.backends.database.row_text import Row

Parameters: TypeAlias = Sequence[object] | dict[str, object]
Stream: TypeAlias = Callable[[PoolProxiedConnection, str, Parameters, int], Iterator[Sequence[Row]]]

LONGEST_STREAM = 3600
"""Seconds that a long answer may take, however slow its reader."""


def stream_plainly(
    proxied: PoolProxiedConnection, sql: str, parameters: Parameters, size: int
) -> Iterator[Sequence[Row]]:
    """Read from a cursor that does not fetch ahead, as SQLite's."""
    cursor = proxied.cursor()
    cursor.execute(sql, parameters)
    yield from _chunks(cursor, size)


def _stream_mysql(
    proxied: PoolProxiedConnection, sql: str, parameters: Parameters, size: int
) -> Iterator[Sequence[Row]]:
    """Read from an unbuffered cursor, with a longer time limit for this one statement."""
    raw: Any = proxied.dbapi_connection
    driver = type(raw).__module__.split(".")[0]
    cursor = raw.cursor(import_module(f"{driver}.cursors").SSCursor)
    if "MariaDB" in raw.get_server_info():
        sql = f"SET STATEMENT max_statement_time={LONGEST_STREAM} FOR {sql}"
    else:
        sql = sql.replace("SELECT", f"SELECT /*+ MAX_EXECUTION_TIME({LONGEST_STREAM}000) */", 1)
    cursor.execute(sql, parameters)
    yield from _chunks(cursor, size)
    cursor.close()


def _stream_postgresql(
    proxied: PoolProxiedConnection, sql: str, parameters: Parameters, size: int
) -> Iterator[Sequence[Row]]:
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


STREAMS: Mapping[str, Stream] = {"mysql": _stream_mysql, "postgresql": _stream_postgresql}
