"""JPQL's functions as SQL, and those that SQLite must be taught."""

import math
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import re2
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from datagateway_api.core.entities import FieldType
from util.icat_server.jpql.typed import Sql, Typed

_TEXT, _INTEGER, _DOUBLE = FieldType.TEXT, FieldType.INTEGER, FieldType.DOUBLE


@dataclass(frozen=True, slots=True)
class Function:
    """How many arguments a function has, of which types, and how it is built of them.

    The arguments of one that ``is_alike`` are all of one type.
    """

    least: int
    most: int
    types: tuple[FieldType, ...]
    build: Callable[[Sequence[Typed]], Typed]
    is_alike: bool = False


def _plain(name: str, result: FieldType) -> Callable[[Sequence[Typed]], Typed]:
    """Build a function that all databases know by one name."""
    return lambda given: Typed(
        getattr(sa.func, name)(*(each.sql for each in given), type_=_SQL[result]), result
    )


def _same(name: str) -> Callable[[Sequence[Typed]], Typed]:
    """Build a function whose result is of its argument's type."""

    def build(given: Sequence[Typed]) -> Typed:
        model = next((each for each in given if each.type is not None), given[0])
        sql = getattr(sa.func, name)(*(each.sql for each in given), type_=model.sql.type)
        return Typed(sql, model.type, choices=model.choices)

    return build


def _concat(given: Sequence[Typed]) -> Typed:
    joined = given[0].sql
    for each in given[1:]:
        joined = joined.concat(each.sql)
    return Typed(joined, _TEXT)


_SQL: Mapping[FieldType, Any] = {
    _TEXT: sa.String(),
    _INTEGER: sa.Integer(),
    _DOUBLE: sa.Double(),
}

FUNCTIONS: Mapping[str, Function] = {
    "UPPER": Function(1, 1, (_TEXT,), _plain("upper", _TEXT)),
    "LOWER": Function(1, 1, (_TEXT,), _plain("lower", _TEXT)),
    "LENGTH": Function(1, 1, (_TEXT,), _plain("char_length", _INTEGER)),
    "CONCAT": Function(2, 100, (_TEXT,) * 100, _concat),
    "SUBSTRING": Function(2, 3, (_TEXT, _INTEGER, _INTEGER), _plain("substr", _TEXT)),
    "LOCATE": Function(
        2,
        3,
        (_TEXT, _TEXT, _INTEGER),
        lambda given: Typed(_Locate(*(each.sql for each in given)), _INTEGER),
    ),
    "ABS": Function(1, 1, (_DOUBLE,), _same("abs")),
    "SQRT": Function(1, 1, (_DOUBLE,), _plain("sqrt", _DOUBLE)),
    "MOD": Function(
        2, 2, (_INTEGER, _INTEGER), lambda given: Typed(given[0].sql % given[1].sql, _INTEGER)
    ),
    "COALESCE": Function(1, 100, (), _same("coalesce"), is_alike=True),
    "NULLIF": Function(2, 2, (), _same("nullif"), is_alike=True),
    "FLOOR": Function(1, 1, (_DOUBLE,), _plain("floor", _DOUBLE)),
    "ROUND": Function(1, 2, (_DOUBLE, _INTEGER), _plain("round", _DOUBLE)),
}


def trim(side: str, character: str, of: Sql) -> Sql:
    """Return TRIM, LTRIM or RTRIM of one character."""
    return _Trim(sa.literal(character), of, side=side)


def install(engine: sa.Engine) -> None:
    """Teach SQLite's connections what JPQL needs: LIKE with regard to case, Unicode, REGEXP.

    Other databases know all of it.
    """
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _teach)


def ordered(value: Sql, *, is_descending: bool) -> Sql:
    """Return what to sort by, with nulls least, which they are not on PostgreSQL."""
    return _Descending(value.desc()) if is_descending else _Ascending(value.asc())


class _Ascending(FunctionElement[Any]):
    """A key to sort by, upwards."""

    inherit_cache = True
    name = "ascending"


class _Descending(FunctionElement[Any]):
    """A key to sort by, downwards."""

    inherit_cache = True
    name = "descending"


@compiles(_Ascending)
@compiles(_Descending)
def _plain_order(element: FunctionElement[Any], compiler: SQLCompiler, **options: Any) -> str:
    [key] = element.clauses
    return str(compiler.process(key, **options))


@compiles(_Ascending, "postgresql")
def _nulls_first(element: _Ascending, compiler: SQLCompiler, **options: Any) -> str:
    return _plain_order(element, compiler, **options) + " NULLS FIRST"


@compiles(_Descending, "postgresql")
def _nulls_last(element: _Descending, compiler: SQLCompiler, **options: Any) -> str:
    return _plain_order(element, compiler, **options) + " NULLS LAST"


class _Locate(FunctionElement[int]):
    """``locate(searched, text[, start])``: a position from 1, or 0."""

    inherit_cache = True
    name = "locate"
    type = sa.Integer()


@compiles(_Locate)
def _standard_locate(element: _Locate, compiler: SQLCompiler, **options: Any) -> str:
    return f"locate({compiler.process(element.clauses, **options)})"


@compiles(_Locate, "postgresql")
def _postgresql_locate(element: _Locate, compiler: SQLCompiler, **options: Any) -> str:
    searched, text, *start = (compiler.process(clause, **options) for clause in element.clauses)
    if not start:
        return f"strpos({text}, {searched})"
    found = f"strpos(substr({text}, {start[0]}), {searched})"
    return f"CASE WHEN {found} = 0 THEN 0 ELSE {found} + {start[0]} - 1 END"


class _Trim(FunctionElement[str]):
    """``trim(character, text)`` from a side."""

    inherit_cache = False
    name = "trim"
    type = sa.String()

    def __init__(self, *clauses: Any, side: str) -> None:
        super().__init__(*clauses)
        self.side = side


@compiles(_Trim)
def _standard_trim(element: _Trim, compiler: SQLCompiler, **options: Any) -> str:
    character, of = (compiler.process(clause, **options) for clause in element.clauses)
    return f"trim({element.side} {character} FROM {of})"


@compiles(_Trim, "sqlite")
def _sqlite_trim(element: _Trim, compiler: SQLCompiler, **options: Any) -> str:
    character, of = (compiler.process(clause, **options) for clause in element.clauses)
    name = {"BOTH": "trim", "LEADING": "ltrim", "TRAILING": "rtrim"}[element.side]
    return f"{name}({of}, {character})"


def _teach(raw: sqlite3.Connection, record: object) -> None:
    raw.create_function("upper", 1, _upper, deterministic=True)
    raw.create_function("lower", 1, _lower, deterministic=True)
    raw.create_function("locate", 2, _locate, deterministic=True)
    raw.create_function("locate", 3, _locate, deterministic=True)
    raw.create_function("sqrt", 1, _sqrt, deterministic=True)
    raw.create_function("floor", 1, _floor, deterministic=True)
    raw.create_function("regexp", 2, _regexp, deterministic=True)
    raw.execute("PRAGMA case_sensitive_like = ON")


def _upper(text: Any) -> Any:
    return text.upper() if isinstance(text, str) else text


def _lower(text: Any) -> Any:
    return text.lower() if isinstance(text, str) else text


def _locate(searched: Any, text: Any, start: int = 1) -> int | None:
    if searched is None or text is None:
        return None
    return str(text).find(str(searched), max(start - 1, 0)) + 1


def _sqrt(number: Any) -> float | None:
    return math.sqrt(number) if number is not None and number >= 0 else None


def _floor(number: Any) -> float | None:
    return None if number is None else math.floor(number)


def _regexp(pattern: Any, text: Any) -> bool | None:
    if pattern is None or text is None:
        return None
    return _expression(str(pattern)).search(str(text)) is not None


@lru_cache(maxsize=256)
def _expression(pattern: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    return re2.compile(pattern, options)
