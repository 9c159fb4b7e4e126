"""Inserting the rows of one entity in bulk: compiled once, then straight to the driver.

Executed by SQLAlchemy in its usual way, each row would take twice as long.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from operator import itemgetter

from sqlalchemy import Connection, Dialect, Table
from sqlalchemy.sql.compiler import SQLCompiler

from datagateway_api.core.entities import Entity
from util.icat_db_generator.rows import Row
from util.icat_db_generator.size import CREATED

CREATOR = "simple/root"
MADE: Row = {"createId": CREATOR, "createTime": CREATED, "modId": CREATOR, "modTime": CREATED}

Convert = Callable[[object], object]


class Insertion:
    """The INSERT into one table. Attributes that an older ICAT's table lacks are left out."""

    def __init__(self, connection: Connection, entity: Entity, table: Table) -> None:
        """Compile the statement."""
        self._columns = {name: field.column for name, field in entity.fields.items()}
        self._columns |= {r.name: r.column for r in entity.to_one if r.column is not None}
        self._empty: Row = dict.fromkeys(self._columns.values()) | {
            self._columns[name]: value for name, value in MADE.items()
        }
        self._conversions = _conversions(entity, table, connection.dialect)
        self._connection = connection
        statement = table.insert().compile(
            dialect=connection.dialect, column_keys=list(self._empty)
        )
        assert isinstance(statement, SQLCompiler)
        self._sql = str(statement)
        self._in_order = itemgetter(*statement.positiontup) if statement.positiontup else None

    def run(self, rows: Sequence[tuple[int, Row]]) -> None:
        """Insert some rows with their ids."""
        values = self._values(rows)
        if self._in_order is not None:
            self._connection.exec_driver_sql(self._sql, list(map(self._in_order, values)))
        else:
            self._connection.exec_driver_sql(self._sql, list(values))

    def _values(self, rows: Sequence[tuple[int, Row]]) -> Iterator[dict[str, object]]:
        columns, conversions = self._columns, self._conversions
        for number, row in rows:
            values = {**self._empty, "ID": number}
            for name, value in row.items():
                if name in columns:
                    values[columns[name]] = value
            for column, convert in conversions:
                values[column] = convert(values[column])
            yield values


def _conversions(entity: Entity, table: Table, dialect: Dialect) -> Sequence[tuple[str, Convert]]:
    """Return the columns whose values the driver does not take as they are, and their remedy."""
    found: dict[str, Convert] = {}
    for column in table.columns:
        process = column.type.dialect_impl(dialect).bind_processor(dialect)
        if process is not None:
            found[column.key] = cache(process)
    for field in entity.fields.values():
        if field.choices:
            found[field.column] = _ordinals(field.choices).get
    return tuple(found.items())


def _ordinals(choices: Sequence[str]) -> Mapping[object, int]:
    return {choice: number for number, choice in enumerate(choices)}
