"""What SQLite, MariaDB/MySQL, PostgreSQL and Oracle write differently."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import reduce
from typing import Any, ClassVar

import orjson
from sqlalchemy import (
    CHAR,
    Boolean,
    ColumnElement,
    Connection,
    Float,
    Integer,
    Text,
    case,
    cast,
    collate,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects import mysql
from sqlalchemy.engine.interfaces import IsolationLevel

from datagateway_api.core.entities import Field, FieldType
from datagateway_api.core.values import Scalar

Sql = ColumnElement[Any]
ESCAPE = "|"


def sql_text(text: str) -> Sql:
    """Return a constant of the program's own as an SQL literal; never use it for input."""
    return literal_column("'" + text.replace("'", "''") + "'", Text)


def sql_number(number: int) -> Sql:
    """Return a constant number of the program's own as SQL."""
    return literal_column(str(number), Integer)


def is_nullable(value: Sql) -> bool:
    """Say whether a value may be null: it may unless it is a column that cannot hold one."""
    return getattr(value, "nullable", True)


class Dialect:
    """The forms that most databases share; JSON is left to Python."""

    name: ClassVar[str] = "oracle"
    writes_json: ClassVar[bool] = False
    begin_snapshot: ClassVar[str | None] = None
    end_snapshot: ClassVar[str] = "COMMIT"
    write_level: ClassVar[IsolationLevel] = "READ COMMITTED"
    begin_write: ClassVar[str | None] = None

    def concat(self, parts: Sequence[Sql]) -> Sql:
        """Join texts of which none is null."""
        return func.concat(*parts)

    def json(self, field: Field, value: Sql) -> Sql | None:
        """Return an expression for the field's JSON text, or None where Python must write it."""
        return None

    def text(self, field: Field, value: Sql) -> Sql:
        """Return the field as the text that ``like`` and ``regexp`` see."""
        if field.type is FieldType.TEXT:
            return value
        if field.type is FieldType.DATE:
            return self.date_text(value)
        if field.type is FieldType.DOUBLE:
            whole = func.concat(self.plain_text(value), sql_text(".0"))
            is_whole = (value == func.floor(value)) & (func.abs(value) < literal_column("1e15"))
            return case((is_whole, whole), else_=self.plain_text(value))
        return self.plain_text(value)

    def plain_text(self, value: Sql) -> Sql:
        """Return a number as text."""
        return cast(value, Text)

    def date_text(self, value: Sql) -> Sql:
        """Return a date as it is answered, ``YYYY-MM-DD HH:MM:SS[.ffffff]+00:00``."""
        return func.to_char(value, sql_text('YYYY-MM-DD HH24:MI:SS"+00:00"'))

    def flag(self, value: Sql) -> Sql:
        """Return a flag as a condition."""
        return value if isinstance(value.type, Boolean) else value != sql_number(0)

    def like(self, value: Sql, pattern: Sql, *, ignores_case: bool, is_ascii: bool) -> Sql:
        """Match a pattern made by :meth:`pattern`."""
        if ignores_case:
            return func.lower(value).like(func.lower(pattern), escape=ESCAPE)
        return value.like(pattern, escape=ESCAPE)

    def pattern(self, operand: str, *, ignores_case: bool, is_whole: bool = False) -> str:
        """Return the value to bind for a ``like``: % and _ are wildcards, all else is literal.

        Unless ``is_whole``, any text may stand before and after.
        """
        open_end = "" if is_whole else "%"
        return open_end + operand.replace(ESCAPE, ESCAPE * 2) + open_end

    def regexp(self, value: Sql, pattern: Sql) -> Sql:
        """Search for a regular expression."""
        return func.regexp_like(value, pattern)

    def one_of(self, value: Sql, values: Sql) -> Sql:
        """Test membership in one bound list."""
        return value.op("IN", is_comparison=True)(values)

    def bind_list(self, values: Sequence[object]) -> object:
        """Return a list as the one value to bind for :meth:`one_of`."""
        return tuple(values)

    def bind(self, value: Scalar) -> object:
        """Return an operand as the driver wants it."""
        return value

    def comparable(self, field: Field, value: Sql) -> Sql:
        """Return the value as ``<``, ``min`` and ORDER BY must see it."""
        return value

    def ordered(self, value: Sql, *, is_descending: bool) -> Sql:
        """Sort with nulls first when ascending, last when descending."""
        return value.desc().nulls_last() if is_descending else value.asc().nulls_first()


class Sqlite(Dialect):
    """SQLite: dates are texts, LIKE ignores case, GLOB does not."""

    name = "sqlite"
    writes_json = True
    begin_snapshot = "BEGIN"
    write_level = "SERIALIZABLE"
    # At once: else what is read before the first change could be stale by then.
    begin_write = "BEGIN IMMEDIATE"

    _GLOB: ClassVar[Mapping[int, str]] = str.maketrans(
        {"*": "[*]", "?": "[?]", "[": "[[]", "%": "*", "_": "?"}
    )

    def concat(self, parts: Sequence[Sql]) -> Sql:
        return reduce(lambda left, right: left.op("||")(right), parts)

    def json(self, field: Field, value: Sql) -> Sql | None:
        match field.type:
            case FieldType.DOUBLE:
                return None
            case FieldType.TEXT:
                return func.json_quote(value)
            case FieldType.DATE:
                quoted = self.concat([sql_text('"'), self.date_text(value), sql_text('"')])
                return quoted if not is_nullable(value) else func.ifnull(quoted, sql_text("null"))
            case FieldType.FLAG | FieldType.ENUM:
                return _choices_json(self, field, value)
            case _:
                return value if not is_nullable(value) else func.ifnull(value, sql_text("null"))

    def plain_text(self, value: Sql) -> Sql:
        return cast(value, Text)

    def text(self, field: Field, value: Sql) -> Sql:
        if field.type is FieldType.DOUBLE:
            return cast(cast(value, Float), Text)
        return super().text(field, value)

    def date_text(self, value: Sql) -> Sql:
        seconds = func.substr(value, sql_number(1), sql_number(19))
        padded = func.substr(value.op("||")(sql_text("000000")), sql_number(20), sql_number(7))
        zeros = func.rtrim(func.substr(value, sql_number(20)), sql_text(".0")) == sql_text("")
        fraction = case((zeros, sql_text("+00:00")), else_=padded.op("||")(sql_text("+00:00")))
        return seconds.op("||")(fraction)

    def like(self, value: Sql, pattern: Sql, *, ignores_case: bool, is_ascii: bool) -> Sql:
        if not ignores_case:
            return value.op("GLOB", is_comparison=True)(pattern)
        if is_ascii:
            return value.like(pattern, escape=ESCAPE)
        return func.unicode_lower(value).op("GLOB", is_comparison=True)(pattern)

    def pattern(self, operand: str, *, ignores_case: bool, is_whole: bool = False) -> str:
        if ignores_case and operand.isascii():
            return super().pattern(operand, ignores_case=True, is_whole=is_whole)
        folded = operand.lower() if ignores_case else operand
        open_end = "" if is_whole else "*"
        return open_end + folded.translate(self._GLOB) + open_end

    def regexp(self, value: Sql, pattern: Sql) -> Sql:
        return value.op("REGEXP", is_comparison=True)(pattern)

    def one_of(self, value: Sql, values: Sql) -> Sql:
        members = func.json_each(values).table_valued("value")
        return value.in_(select(members.c.value))

    def bind_list(self, values: Sequence[object]) -> object:
        return orjson.dumps(values).decode()

    def bind(self, value: Scalar) -> object:
        if isinstance(value, datetime):
            return value.isoformat(" ", "microseconds")
        return value

    def ordered(self, value: Sql, *, is_descending: bool) -> Sql:
        return value.desc() if is_descending else value.asc()


class Mysql(Dialect):
    """MariaDB and MySQL."""

    name = "mysql"
    writes_json = True
    begin_snapshot = "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"
    # A level stays with the connection, and less than this one would give no snapshots.
    write_level = "REPEATABLE READ"
    begin_write = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED"

    def json(self, field: Field, value: Sql) -> Sql | None:
        match field.type:
            case FieldType.DOUBLE:
                return None
            case FieldType.TEXT:
                quoted = func.json_quote(value)
                return quoted if not is_nullable(value) else func.ifnull(quoted, sql_text("null"))
            case FieldType.DATE:
                quoted = func.concat(sql_text('"'), self.date_text(value), sql_text('"'))
                return quoted if not is_nullable(value) else func.ifnull(quoted, sql_text("null"))
            case FieldType.FLAG | FieldType.ENUM:
                return _choices_json(self, field, value)
            case _:
                return value if not is_nullable(value) else func.ifnull(value, sql_text("null"))

    def flag(self, value: Sql) -> Sql:
        return value != sql_number(0)

    def plain_text(self, value: Sql) -> Sql:
        return cast(value, CHAR)

    def date_text(self, value: Sql) -> Sql:
        if not isinstance(value.type, mysql.DATETIME) or value.type.fsp:
            fraction = func.if_(
                func.microsecond(value) == sql_number(0),
                sql_text("+00:00"),
                func.date_format(value, sql_text(".%f+00:00")),
            )
            return func.concat(
                func.substr(func.concat(value), sql_number(1), sql_number(19)), fraction
            )
        return func.concat(value, sql_text("+00:00"))

    def like(self, value: Sql, pattern: Sql, *, ignores_case: bool, is_ascii: bool) -> Sql:
        if not ignores_case:
            return value.like(pattern, escape=ESCAPE)
        exact = collate(
            func.lower(func.convert(value.op("USING")(literal_column("utf8mb4")))), _BIN
        )
        return exact.like(pattern, escape=ESCAPE)

    def pattern(self, operand: str, *, ignores_case: bool, is_whole: bool = False) -> str:
        folded = operand.lower() if ignores_case else operand
        return super().pattern(folded, ignores_case=False, is_whole=is_whole)

    def regexp(self, value: Sql, pattern: Sql) -> Sql:
        return value.op("REGEXP", is_comparison=True)(pattern)

    def ordered(self, value: Sql, *, is_descending: bool) -> Sql:
        return value.desc() if is_descending else value.asc()


class Postgresql(Dialect):
    """PostgreSQL, where texts are compared by code point."""

    name = "postgresql"
    writes_json = True
    begin_snapshot = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    folding: str | None = None

    def json(self, field: Field, value: Sql) -> Sql | None:
        match field.type:
            case FieldType.DOUBLE:
                return None
            case FieldType.TEXT:
                quoted: Sql = cast(func.to_json(cast(value, Text)), Text)
            case FieldType.DATE:
                date = func.concat(sql_text('"'), self.date_text(value), sql_text('"'))
                return _or_null(value, date)
            case FieldType.FLAG | FieldType.ENUM:
                return _choices_json(self, field, value)
            case _:
                quoted = cast(value, Text)
        return quoted if not is_nullable(value) else func.coalesce(quoted, sql_text("null"))

    def date_text(self, value: Sql) -> Sql:
        is_whole = value == func.date_trunc(sql_text("second"), value)
        return case(
            (is_whole, func.to_char(value, sql_text('YYYY-MM-DD HH24:MI:SS"+00:00"'))),
            else_=func.to_char(value, sql_text('YYYY-MM-DD HH24:MI:SS.US"+00:00"')),
        )

    def like(self, value: Sql, pattern: Sql, *, ignores_case: bool, is_ascii: bool) -> Sql:
        if not ignores_case:
            return value.like(pattern, escape=ESCAPE)
        folded = value if self.folding is None else collate(value, self.folding)
        return func.lower(folded).like(pattern, escape=ESCAPE)

    def pattern(self, operand: str, *, ignores_case: bool, is_whole: bool = False) -> str:
        folded = operand.lower() if ignores_case else operand
        return super().pattern(folded, ignores_case=False, is_whole=is_whole)

    def regexp(self, value: Sql, pattern: Sql) -> Sql:
        return value.op("~", is_comparison=True)(pattern)

    def one_of(self, value: Sql, values: Sql) -> Sql:
        return value == func.any(values)

    def bind_list(self, values: Sequence[object]) -> object:
        return list(values)

    def comparable(self, field: Field, value: Sql) -> Sql:
        if field.type is FieldType.TEXT:
            return collate(value, "C")
        return cast(value, Integer) if field.type is FieldType.FLAG else value


_BIN = "utf8mb4_bin"


def _or_null(value: Sql, text: Sql) -> Sql:
    return case((value.is_(None), sql_text("null")), else_=text) if is_nullable(value) else text


def _choices_json(dialect: Dialect, field: Field, value: Sql) -> Sql:
    """Write a flag as true or false, an enum by the name its ordinal stands for."""
    if field.type is FieldType.FLAG:
        return case(
            (value.is_(None), sql_text("null")),
            (dialect.flag(value), sql_text("true")),
            else_=sql_text("false"),
        )
    names = [
        (value == sql_number(ordinal), sql_text(f'"{name}"'))
        for ordinal, name in enumerate(field.choices)
    ]
    return case(*names, else_=sql_text("null"))


_DIALECTS: Mapping[str, type[Dialect]] = {
    "sqlite": Sqlite,
    "mysql": Mysql,
    "mariadb": Mysql,
    "postgresql": Postgresql,
    "oracle": Dialect,
}


def dialect_for(name: str) -> Dialect:
    """Return the forms for a SQLAlchemy dialect name."""
    return _DIALECTS[name]()


def prepare_dialect(dialect: Dialect, connection: Connection) -> None:
    """Find out what a dialect must know of its database: how PostgreSQL folds capitals."""
    if isinstance(dialect, Postgresql):
        found = connection.exec_driver_sql(
            "SELECT 1 FROM pg_collation WHERE collname = 'und-x-icu'"
        )
        dialect.folding = "und-x-icu" if found.first() else None
