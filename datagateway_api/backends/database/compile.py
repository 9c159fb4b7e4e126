"""From a checked query to SQLAlchemy statements: pure functions, no connection.

Bind names: ``p0``, ``p1``, … for the comparisons in their order, ``limit``, ``skip``, ``id`` and,
in the statement of an included relation, ``ids``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam, distinct, func, select

from datagateway_api.backends.database.conditions import Conditions, comparisons
from datagateway_api.backends.database.row_text import Part, RowText, compose
from datagateway_api.backends.database.scopes import Scope
from datagateway_api.backends.database.tables import Tables
from datagateway_api.core.entities import Entity, Field
from datagateway_api.core.query.model import Include, Order, Path, Query
from datagateway_api.core.query.sharing import Prefix
from datagateway_api.sql.dialects import Dialect, Sql, sql_number

MOST_INCLUDED = 200_000
"""Rows of one included relation path that are read for one piece of a list."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement, and how its rows are read: JSON text first, then the keys by name."""

    select: Select[Any]
    text: RowText
    keys: tuple[str, ...] = ()
    sort: tuple[tuple[Sql, bool], ...] = ()

    def place(self, key: str) -> int:
        """Return where in a row a key stands."""
        return len(self.text.columns) + self.keys.index(key)


class Compiler:
    """Compiles queries on one catalogue's tables for one database."""

    def __init__(self, tables: Tables, dialect: Dialect) -> None:
        """Take the tables and the dialect's forms."""
        self.tables = tables
        self.dialect = dialect

    def rows(self, query: Query) -> Statement:
        """Select the rows of a list: whole entities, or unique rows of some paths."""
        return self._distinct_rows(query) if query.distinct else self._entity_rows(query)

    def one(self, query: Query) -> Statement:
        """Select one entity by its id."""
        scope = Scope.root(self.tables, query.entity)
        text, keys, columns = self._row(query.entity, query.fields, query.include, scope)
        statement = select(*text.columns, *columns).select_from(scope.from_clause())
        return Statement(statement.where(scope.base.c["ID"] == bindparam("id")), text, keys)

    def count(self, query: Query) -> Select[Any]:
        """Count the entities, or the unique rows of some paths."""
        if query.distinct:
            rows = self._distinct(query)[0].subquery()
            return select(func.count()).select_from(rows)
        scope = Scope.root(self.tables, query.entity)
        return self._filtered(select(func.count()), query, scope)

    def groups(self, query: Query) -> Statement:
        """Count the entities for each combination of some paths' values, largest first."""
        scope = Scope.root(self.tables, query.entity)
        has_many = any(path.many for path in query.group_by)
        for path in query.group_by:
            scope.join_all(_joined(path), is_outer=True)
        values = [scope.column(path) for path in query.group_by]
        number = func.count(distinct(scope.base.c["ID"])) if has_many else func.count()
        labels = [value.label(f"c{n}") for n, value in enumerate(values)]
        rows = self._filtered(select(*labels, number.label("n")), query, scope)
        table = rows.group_by(*values).subquery()
        columns: list[Sql] = [table.c[f"c{n}"].label(None) for n in range(len(values))]
        fields = [(path, column) for path, column in zip(query.group_by, columns, strict=True)]
        id_field = query.entity.fields["id"]
        parts = nested_parts(fields)
        text = compose(self.dialect, (*parts, ',"count":', (id_field, table.c["n"]), "}"))
        keys = (Order(path) for path in query.group_by)
        order = [table.c["n"].desc(), *self._sorted(keys, columns)]
        return Statement(select(*text.columns).order_by(*order), text)

    def included(self, include: Include) -> Statement:
        """Select the rows that a relation leads to, from the ids or keys bound as ``ids``."""
        relation = include.relation
        column = self.tables.schema.foreign_key(relation) if relation.is_many else "ID"
        return self._tied(self.tables.schema.target(relation), include.children, column)

    def by_ids(self, entity: Entity, includes: Sequence[Include]) -> Statement:
        """Select the entities whose ids are bound as ``ids``."""
        return self._tied(entity, includes, "ID")

    def _tied(self, entity: Entity, includes: Sequence[Include], column: str) -> Statement:
        scope = Scope.root(self.tables, entity)
        text, keys, columns = self._row(entity, (), includes, scope)
        tie = scope.base.c[column]
        statement = select(*text.columns, *columns, tie)
        statement = statement.where(self.dialect.one_of(tie, bindparam("ids")))
        if column != "ID":
            statement = statement.order_by(scope.base.c["ID"])
            statement = statement.limit(sql_number(MOST_INCLUDED + 1))
        return Statement(statement, text, (*keys, "tie"))

    def _entity_rows(self, query: Query) -> Statement:
        scope = Scope.root(self.tables, query.entity)
        text, keys, columns = self._row(query.entity, query.fields, query.include, scope)
        sort = [(self._sort_value(key, scope), key.is_descending) for key in query.order]
        if ("id",) not in [key.path.names for key in query.order]:
            sort.append((scope.base.c["ID"], False))
        statement = self._filtered(select(*text.columns, *columns), query, scope)
        statement = statement.order_by(
            *(self.dialect.ordered(value, is_descending=down) for value, down in sort)
        )
        return Statement(self._page(statement, query), text, keys, tuple(sort))

    def _distinct_rows(self, query: Query) -> Statement:
        rows, fields = self._distinct(query)
        table = rows.subquery()
        columns = [table.c[f"c{n}"] for n in range(len(fields))]
        text = compose(
            self.dialect,
            (*nested_parts(list(zip(query.distinct, columns, strict=True))), "}"),
        )
        by_path = dict(zip((path.names for path in query.distinct), columns, strict=True))
        named = [key.path.names for key in query.order]
        rest = [Order(path) for path in query.distinct if path.names not in named]
        keys = (*query.order, *rest)
        order = self._sorted(keys, [by_path[key.path.names] for key in keys])
        return Statement(self._page(select(*text.columns).order_by(*order), query), text)

    def _distinct(self, query: Query) -> tuple[Select[Any], list[Field]]:
        scope = Scope.root(self.tables, query.entity)
        for path in query.distinct:
            scope.join_all(_joined(path), is_outer=False)
        columns = [scope.column(path) for path in query.distinct]
        labels = [column.label(f"c{n}") for n, column in enumerate(columns)]
        statement = self._filtered(select(*labels), query, scope)
        for path, column in zip(query.distinct, columns, strict=True):
            if _is_key(path) and path.relations[-1].nullable:
                statement = statement.where(column.is_not(None))
        is_unique = ("id",) in [path.names for path in query.distinct]
        if not is_unique or any(path.many for path in query.distinct):
            statement = statement.distinct()
        return statement, [path.field for path in query.distinct]

    def _filtered(self, statement: Select[Any], query: Query, scope: Scope) -> Select[Any]:
        if query.where is not None:
            names = {id(c): f"p{n}" for n, c in enumerate(comparisons(query.where))}
            statement = statement.where(Conditions(self.dialect, names).compile(query.where, scope))
        return statement.select_from(scope.from_clause())

    def _page(self, statement: Select[Any], query: Query) -> Select[Any]:
        if query.limit is not None:
            statement = statement.limit(bindparam("limit"))
        if query.skip:
            statement = statement.offset(bindparam("skip"))
        return statement

    def _row(
        self,
        entity: Entity,
        fields: Sequence[Field],
        includes: Sequence[Include],
        scope: Scope,
    ) -> tuple[RowText, tuple[str, ...], list[Sql]]:
        """Return an entity's text, left open where includes follow, and the keys they need."""
        chosen = [f for f in entity.fields.values() if not fields or f in fields or f.name == "id"]
        values = [((), f, scope.base.c[f.column]) for f in chosen]
        parts: list[Part] = []
        for _, field, value in values:
            parts += [f'{"," if parts else "{"}"{field.name}":', (field, value)]
        if not includes:
            parts.append("}")
        keys: dict[str, Sql] = {}
        for include in includes:
            relation = include.relation
            column = "ID" if relation.is_many else self.tables.schema.foreign_key(relation)
            keys[key_of(include)] = scope.base.c[column]
        return compose(self.dialect, parts), tuple(keys), list(keys.values())

    def _sort_value(self, order: Order, scope: Scope) -> Sql:
        """Return what to sort by: through a to-many path the smallest or largest value."""
        path = order.path
        if not path.many:
            return self.dialect.comparable(path.field, scope.column(path))
        first = path.relations[: path.many[0]]
        anchor = scope.anchor(first)
        inner = scope.below(first)
        inner.join_all(_joined(path), is_outer=False)
        value = self.dialect.comparable(path.field, inner.column(path))
        extreme = func.max(value) if order.is_descending else func.min(value)
        return (
            select(extreme)
            .select_from(inner.from_clause())
            .where(inner.own_key() == anchor)
            .correlate(*inner.outer_tables())
            .scalar_subquery()
        )

    def _sorted(self, keys: Iterable[Order], columns: Sequence[Sql]) -> list[Sql]:
        return [
            self.dialect.ordered(
                self.dialect.comparable(key.path.field, column), is_descending=key.is_descending
            )
            for key, column in zip(keys, columns, strict=True)
        ]


def key_of(include: Include) -> str:
    """Return the name of the key that a row needs for an include."""
    return "id" if include.relation.is_many else include.relation.name


def _is_key(path: Path) -> bool:
    """Say whether a path's value is a foreign key, for which its last step needs no join."""
    return path.field.name == "id" and bool(path.relations) and not path.relations[-1].is_many


def _joined(path: Path) -> Prefix:
    return path.relations[:-1] if _is_key(path) else path.relations


def nested_parts(fields: Sequence[tuple[Path, Sql]]) -> list[Part]:
    """Return the parts of an object that nests dotted paths, without its last brace."""
    tree: dict[str, object] = {}
    for path, column in fields:
        level = tree
        for name in path.names[:-1]:
            level = level.setdefault(name, {})  # type: ignore[assignment]
        level[path.names[-1]] = (path.field, column)
    return _tree_parts(tree)


def _tree_parts(tree: dict[str, object]) -> list[Part]:
    parts: list[Part] = []
    for name, value in tree.items():
        parts.append(f'{"," if parts else "{"}"{name}":')
        if isinstance(value, dict):
            parts += [*_tree_parts(value), "}"]
        else:
            parts.append(value)  # type: ignore[arg-type]
    return parts
