"""A search made a statement, and what each row of its answer becomes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, TypeAlias

import sqlalchemy as sa

from datagateway_api.core.entities import FieldType
from util.icat_server.beans import Item, Scalar, Value
from util.icat_server.catalogue import Catalogue
from util.icat_server.jpql import syntax
from util.icat_server.jpql.compiler import Compiler
from util.icat_server.jpql.scopes import Scope
from util.icat_server.jpql.search import Search
from util.icat_server.jpql.typed import Sql, Typed
from util.icat_server.query.objects import Shape
from util.icat_server.rules import Grant

_XSD = {
    FieldType.TEXT: "string",
    FieldType.LONG: "long",
    FieldType.INTEGER: "int",
    FieldType.DOUBLE: "double",
    FieldType.FLAG: "boolean",
    FieldType.DATE: "dateTime",
}


def _moment(value: Any) -> Value:
    """Return a time; some drivers give a selected parameter back as text."""
    return datetime.fromisoformat(value) if isinstance(value, str) else value


_CONVERSIONS: dict[FieldType, Callable[[Any], Value]] = {
    FieldType.TEXT: str,
    FieldType.LONG: int,
    FieldType.INTEGER: int,
    FieldType.DOUBLE: float,
    FieldType.FLAG: bool,
    FieldType.DATE: _moment,
}
Condition: TypeAlias = Callable[[Grant, Sql], Sql]


@dataclass(frozen=True, slots=True)
class Objects:
    """A selected object: its columns start at ``start``."""

    shape: Shape
    start: int


@dataclass(frozen=True, slots=True)
class Values:
    """A selected value in one column."""

    at: int
    xsd: str
    convert: Callable[[Any], Value]

    def item(self, row: Sequence[Any]) -> Item:
        """Return the value in a row."""
        value = row[self.at]
        return None if value is None else Scalar(self.convert(value), self.xsd)


@dataclass(frozen=True, slots=True)
class Plan:
    """A statement and its items."""

    statement: sa.Select[Any]
    items: tuple[Objects | Values, ...]


def plan(
    catalogue: Catalogue,
    zone: tzinfo,
    search: Search,
    grants: Sequence[Grant],
    condition: Condition,
    most: int,
) -> Plan:
    """Compile a search; ``grants`` go with its targets. Raises IcatError.

    One row more than ``most`` is asked for, so that it shows where there are too many.
    """
    select = search.select
    assert select is not None
    compiler = Compiler(catalogue, zone, search.text)
    scope = Scope(catalogue)
    compiler.ranges(select, scope)
    items, columns = _items(catalogue, compiler, scope, search, select)

    def readable() -> list[Sql]:
        return [
            condition(grant, compiler.value(syntax.Path(target.path), scope).sql)
            for target, grant in zip(search.targets, grants, strict=True)
            if not grant.is_all
        ]

    statement: sa.Select[Any] = sa.select(*columns)
    if select.is_distinct:
        statement = statement.distinct()
    statement = compiler.finish(statement, select, scope, readable)
    if not (select.order or select.group or select.is_distinct or _is_aggregated(select)):
        # The order is undefined then, but ICAT's databases give the order of creation.
        first = compiler.joined(syntax.Path(select.ranges[0].variable), scope)
        statement = statement.order_by(first.id)
    offset, count = (search.limit.offset, search.limit.count) if search.limit else (0, None)
    statement = statement.limit(most + 1 if count is None else min(count, most + 1))
    return Plan(statement.offset(offset) if offset else statement, items)


def _is_aggregated(select: syntax.Select) -> bool:
    pending: list[object] = list(select.items)
    while pending:
        node = pending.pop()
        if isinstance(node, syntax.Aggregate):
            return True
        if isinstance(node, tuple):
            pending += node
        elif not isinstance(node, syntax.Select | syntax.Path) and hasattr(node, "__slots__"):
            pending += [getattr(node, name) for name in node.__slots__]
    return False


def _items(
    catalogue: Catalogue, compiler: Compiler, scope: Scope, search: Search, select: syntax.Select
) -> tuple[tuple[Objects | Values, ...], list[Sql]]:
    items: list[Objects | Values] = []
    columns: list[Sql] = []
    for node in select.items:
        value = compiler.value(node, scope)
        if isinstance(node, syntax.Path) and value.entity is not None:
            shape = Shape.of(catalogue, value.entity, search.includes)
            items.append(Objects(shape, len(columns)))
            columns += shape.columns(compiler.joined(node, scope).table)
        else:
            items.append(_value(catalogue, value, len(columns)))
            columns.append(value.sql)
    return tuple(items), columns


def _value(catalogue: Catalogue, value: Typed, at: int) -> Values:
    if value.type is FieldType.ENUM:
        choices = value.choices
        name = catalogue.enum(choices)
        return Values(at, name[0].lower() + name[1:], lambda ordinal: choices[ordinal])
    type_ = value.type or FieldType.LONG
    return Values(at, _XSD[type_], _CONVERSIONS[type_])
