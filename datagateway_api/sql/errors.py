"""The one place where errors of SQLAlchemy and the database drivers become the project's own."""

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from sqlalchemy import exc

from datagateway_api.core.errors import (
    AlreadyExists,
    ApiError,
    BackendError,
    BackendTimeout,
    BackendUnavailable,
    BadFilter,
    BadRequest,
)

log = logging.getLogger(__name__)

_QUOTED = re.compile(r"(?s)\n.*| near '.*")
_TOO_COMPLEX = ("parser stack overflow", "Expression tree is too large", "LIKE or GLOB pattern")
"""How SQLite says, without a code of its own, that a statement is beyond it."""


@contextmanager
def translated() -> Iterator[None]:
    """Turn whatever the database raises into an ApiError.

    SQLAlchemy's error holds the SQL, so the driver's own becomes the cause that is logged, without
    what it quotes of the statement and its values.
    """
    try:
        yield
    except exc.TimeoutError as error:
        raise BackendUnavailable(
            "all connections to the database are in use; try again shortly",
            retry_after=1,
        ) from error
    except exc.DBAPIError as error:
        cause = _quiet(error.orig or error)
        raise meaning(cause) from cause
    except exc.SQLAlchemyError as error:
        raise BackendError("the database failed") from error
    except Exception as error:
        if not is_driver_error(error):
            raise
        raise meaning(error) from _quiet(error)


def _quiet(error: BaseException) -> BaseException:
    """Cut an error down to what it says first.

    PostgreSQL adds lines with the statement and the row, MariaDB quotes what it cannot read.
    """
    error.args = tuple(
        _QUOTED.sub("", each) if isinstance(each, str) else each for each in error.args
    )
    return error


def is_driver_error(error: BaseException) -> bool:
    """Say whether an exception is of a DB-API driver."""
    return any(cls.__name__ == "Error" and _is_driver(cls) for cls in type(error).__mro__)


def is_collision(error: ApiError) -> bool:
    """Say whether a transaction failed for what another one did, so that it may well work now.

    A foreign key counts: keys are looked up before they are written.
    """
    cause = error.__cause__
    return cause is not None and is_driver_error(cause) and code(cause) in _COLLISIONS


def code(error: BaseException) -> str:
    """Return the server's code for an error: a MariaDB number, a SQLSTATE or SQLite's name."""
    first = error.args[0] if error.args else ""
    if isinstance(first, int):
        return str(first)
    if str(first).startswith(_TOO_COMPLEX):
        return "SQLITE_TOO_COMPLEX"
    return str(getattr(error, "sqlstate", None) or getattr(error, "sqlite_errorname", None) or "")


def meaning(error: BaseException) -> ApiError:
    """Return the ApiError that a driver's error stands for."""
    number = code(error)
    for codes, prefixes, make in _MEANINGS:
        if number in codes or number.startswith(prefixes):
            return make()
    kinds = {cls.__name__ for cls in type(error).__mro__}
    if not number and kinds & {"OperationalError", "InterfaceError"}:
        return _away()
    log.error("the database refused a statement: %s %s", type(error).__name__, number)
    return BackendError("the database refused what was asked of it")


def _late() -> ApiError:
    return BackendTimeout(
        "the database did not finish in time; ask for less, or narrow the conditions"
    )


def _bad_expression() -> ApiError:
    return BadFilter("regexp: the database refuses this regular expression")


def _too_complex() -> ApiError:
    return BadFilter(
        "the query is too large for the database: fewer conditions, less deeply nested, "
        "or fewer paths"
    )


def _busy() -> ApiError:
    return BackendUnavailable("the database is busy", retry_after=1)


def _away() -> ApiError:
    return BackendUnavailable("the database cannot be reached")


def _taken() -> ApiError:
    return AlreadyExists("an object with the same unique key exists")


def _no_right() -> ApiError:
    return BackendError(
        "the account of this server lacks a right in the database; "
        "the guide on running on a database lists those it needs"
    )


def _unfit() -> ApiError:
    return BadRequest("the database refuses these values")


_COLLISIONS = frozenset(("1213", "40001", "40P01", "1451", "1452", "23503"))
"""Deadlocks, and related rows that came or went."""

_Meaning: TypeAlias = tuple[frozenset[str], tuple[str, ...], Callable[[], ApiError]]
_MEANINGS: tuple[_Meaning, ...] = (
    (frozenset(("1317", "1969", "3024", "57014", "SQLITE_INTERRUPT")), (), _late),
    (frozenset(("1116", "1436", "1473", "SQLITE_TOO_COMPLEX")), ("54",), _too_complex),
    (frozenset(("1139", "2201B")), ("368", "369"), _bad_expression),
    (
        frozenset(("1205", "1213", "40001", "40P01", "55P03", "53300")),
        ("SQLITE_BUSY", "SQLITE_LOCKED"),
        _busy,
    ),
    (
        frozenset(("1062", "23505", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY")),
        (),
        _taken,
    ),
    (
        frozenset(
            ("1048", "1169", "1264", "1265", "1292", "1364", "1366", "1406", "1690", "1451", "1452")
        ),
        ("22", "23", "SQLITE_CONSTRAINT", "SQLITE_TOOBIG"),
        _unfit,
    ),
    (frozenset(("1044", "1142", "1143", "42501")), ("SQLITE_READONLY",), _no_right),
    (
        frozenset(("0", "1040", "1045", "1049", "1053", "1129", "1130", "3D000", "53400")),
        ("20", "08", "28", "57P", "SQLITE_CANTOPEN", "SQLITE_IOERR", "SQLITE_NOTADB"),
        _away,
    ),
)
"""Codes of MariaDB/MySQL (numbers), PostgreSQL (SQLSTATE) and SQLite (names), exact or by their
beginning, and what each stands for."""


def _is_driver(cls: type) -> bool:
    return cls.__module__.split(".")[0] in ("sqlite3", "pymysql", "psycopg", "MySQLdb", "oracledb")
