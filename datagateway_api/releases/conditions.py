"""From a checked condition on datasets to SQL, with the comparisons that all modes share."""

from collections.abc import Callable, Mapping
from typing import Final

import orjson
from sqlalchemy import (
    ColumnElement,
    Text,
    and_,
    bindparam,
    cast,
    false,
    func,
    literal_column,
    or_,
    select,
    true,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.expression import Grouping
from sqlalchemy.types import Boolean

from datagateway_api.core.query.model import AllOf, AnyOf, Comparison, Condition, Path
from datagateway_api.releases.tables import DATASET, RELEASE
from datagateway_api.sql.comparisons import bind_values, operator_sql
from datagateway_api.sql.dialects import Dialect, Sql

WIDEST: Final = 32
_LIST_COLUMNS: Final[Mapping[str, str]] = {"skims": "skim_types"}
"""Of a list of objects, the column with the texts that ``contains`` looks for."""


def column(path: Path) -> Sql:
    """Return the column that a path means: of the dataset, or of its release."""
    return (RELEASE if path.relations else DATASET).c[path.field.column]


class Conditions:
    """Compiles the conditions of one statement, and collects the values to bind."""

    def __init__(self, dialect: Dialect) -> None:
        """Take the dialect."""
        self._dialect = dialect
        self.values: dict[str, object] = {}

    def compile(self, condition: Condition) -> Sql:
        """Return a condition as SQL."""
        if isinstance(condition, AllOf):
            return _joined(and_, [self.compile(part) for part in condition.parts])
        if isinstance(condition, AnyOf):
            return _joined(or_, [self.compile(part) for part in condition.parts])
        # The query language has no more than these; the search's conditions do not come here.
        assert isinstance(condition, Comparison)
        return self._comparison(condition)

    def _comparison(self, comparison: Comparison) -> Sql:
        operator, operand = comparison.operator.name, comparison.operand
        if operator == "nin" and operand == ():
            return true()
        if operator == "contains":
            return self._contains(comparison)
        found = column(comparison.path)
        if operator == "isnull":
            return found.is_(None) if operand else found.is_not(None)
        name = f"p{len(self.values)}_"
        self.values |= bind_values(comparison, name, self._dialect)
        return operator_sql(self._dialect, comparison, found, name)

    def _contains(self, comparison: Comparison) -> Sql:
        name = f"p{len(self.values)}_"
        self.values[name] = comparison.operand
        field = comparison.path.field
        items = DATASET.c[_LIST_COLUMNS.get(field.name, field.column)]
        if self._dialect.name == "sqlite":
            # Most lists do not even have the text in them, which is seen without reading them.
            self.values[f"{name}t"] = orjson.dumps(comparison.operand).decode()
            is_there = func.instr(items, bindparam(f"{name}t")) > literal_column("0")
            return is_there & _in_sqlite(items, bindparam(name, type_=Text))
        return _CONTAINS[self._dialect.name](items, bindparam(name, type_=Text))


def _in_sqlite(items: Sql, item: Sql) -> Sql:
    members = func.json_each(items).table_valued("value")
    return item.in_(select(members.c.value).scalar_subquery().correlate(DATASET))


def _in_mysql(items: Sql, item: Sql) -> Sql:
    return func.json_contains(items, func.json_quote(item)) == literal_column("1")


def _in_postgresql(items: Sql, item: Sql) -> Sql:
    return func.jsonb_exists(cast(items, JSONB), item)


_CONTAINS: Final[Mapping[str, Callable[[Sql, Sql], Sql]]] = {
    "mysql": _in_mysql,
    "postgresql": _in_postgresql,
}


def _joined(join: Callable[..., ColumnElement[bool]], parts: list[Sql]) -> Sql:
    """Join parts by AND or OR, many of them in groups: SQLite allows no deep expressions."""
    while len(parts) > WIDEST:
        chunks = [parts[first : first + WIDEST] for first in range(0, len(parts), WIDEST)]
        parts = [type_coerce(Grouping(join(*chunk)), Boolean) for chunk in chunks]
    return join(*parts) if parts else false()
