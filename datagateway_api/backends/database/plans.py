"""Compiled statements, kept: queries that differ in values only share one."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any

from cachetools import LRUCache
from sqlalchemy import Select
from sqlalchemy.engine import Dialect as EngineDialect

from datagateway_api.backends.database.compile import Compiler, Statement, key_of
from datagateway_api.backends.database.conditions import comparisons, shape
from datagateway_api.core.entities import Entity
from datagateway_api.core.query.model import Include, Query
from datagateway_api.sql.comparisons import bind_values
from datagateway_api.sql.dialects import Dialect
from datagateway_api.sql.prepared import Prepared, prepare
from datagateway_api.sql.streams import Row

MOST_PLANS = 1000
LONGEST_BLOCK = 2000


@dataclass(frozen=True, slots=True)
class IncludePlan:
    """How to fetch one included relation and where its rows go.

    ``key`` is the place of the key in the parent's row, ``tie`` its place in this one.
    """

    name: str
    is_many: bool
    prepared: Prepared
    render: Callable[[Row], str]
    key: int
    tie: int
    children: tuple["IncludePlan", ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """How to answer one shape of query. ``block`` joins all its rows into one, if it is set."""

    prepared: Prepared
    render: Callable[[Row], str] = str
    includes: tuple[IncludePlan, ...] = ()
    block: Prepared | None = None


class Plans:
    """Makes and keeps the plans of one catalogue. Safe between threads."""

    def __init__(self, compiler: Compiler, engine_dialect: EngineDialect) -> None:
        """Take the compiler and the dialect that writes the SQL."""
        self._compiler = compiler
        self._engine_dialect = engine_dialect
        self._kept: LRUCache[Hashable, Plan] = LRUCache(MOST_PLANS)
        self._lock = Lock()

    @property
    def dialect(self) -> Dialect:
        """The forms of the database."""
        return self._compiler.dialect

    def rows(self, query: Query) -> Plan:
        """Return the plan of a list."""
        return self._find("rows", query, self._make_rows)

    def one(self, query: Query) -> Plan:
        """Return the plan of one entity by id."""
        return self._find("one", query, lambda q: self._read(self._compiler.one(q), q.include))

    def count(self, query: Query) -> Plan:
        """Return the plan of a count."""
        return self._find("count", query, self._make_count)

    def groups(self, query: Query) -> Plan:
        """Return the plan of a count by groups."""
        return self._find("groups", query, lambda q: self._read(self._compiler.groups(q), ()))

    def by_ids(self, entity: Entity, includes: tuple[Include, ...]) -> tuple[Plan, int]:
        """Return a plan for the entities of some ids, and where in its rows their ids stand."""
        statement = self._compiler.by_ids(entity, includes)
        return self._read(statement, includes), statement.place("tie")

    def values(self, query: Query) -> dict[str, object]:
        """Return the values of a query by bind name."""
        values: dict[str, object] = {"limit": query.limit, "skip": query.skip}
        for number, comparison in enumerate(comparisons(query.where)):
            values.update(bind_values(comparison, f"p{number}", self.dialect))
        return values

    def _find(self, kind: str, query: Query, make: Callable[[Query], Plan]) -> Plan:
        key = (
            kind,
            query.entity,
            shape(query.where),
            query.order,
            query.limit is None,
            query.limit is not None and query.limit <= LONGEST_BLOCK,
            bool(query.skip),
            query.include,
            query.fields,
            query.distinct,
            query.group_by,
        )
        with self._lock:
            plan = self._kept.get(key)
        if plan is None:
            plan = make(query)
            with self._lock:
                self._kept[key] = plan
        return plan

    def _make_rows(self, query: Query) -> Plan:
        statement = self._compiler.rows(query)
        plan = self._read(statement, query.include)
        is_short = query.limit is not None and query.limit <= LONGEST_BLOCK
        is_one_text = statement.text.encoders == (None,) and not query.distinct
        if self.dialect.name == "mysql" and is_short and is_one_text and not query.include:
            return Plan(plan.prepared, plan.render, (), self._block(statement))
        return plan

    def _make_count(self, query: Query) -> Plan:
        return Plan(self._prepare(self._compiler.count(query)))

    def _read(self, statement: Statement, includes: tuple[Include, ...]) -> Plan:
        return Plan(
            self._prepare(statement.select),
            statement.text.renderer(),
            tuple(self._include(include, statement) for include in includes),
        )

    def _include(self, include: Include, parent: Statement) -> IncludePlan:
        statement = self._compiler.included(include)
        return IncludePlan(
            name=include.relation.name,
            is_many=include.relation.is_many,
            prepared=self._prepare(statement.select),
            render=statement.text.renderer(),
            key=parent.place(key_of(include)),
            tie=statement.place("tie"),
            children=tuple(self._include(child, statement) for child in include.children),
        )

    def _block(self, statement: Statement) -> Prepared:
        """Wrap a statement so that the database joins its rows, whose number it adds.

        A driver written in Python spends most of its time on taking rows apart. The length lets
        the reader see whether the server cut the text (group_concat_max_len). The server sorts
        a null inside GROUP_CONCAT as an empty text or 0, hence the IS NOT NULL.
        """
        labels = [value.label(f"k{n}") for n, (value, _) in enumerate(statement.sort)]
        inner = statement.select.with_only_columns(
            statement.text.columns[0].label("j"), *labels, maintain_column_froms=True
        )
        prepared = self._prepare(inner)
        keys = ", ".join(
            f"t.k{n} IS NOT NULL {way}, t.k{n} {way}"
            for n, way in enumerate("DESC" if down else "ASC" for _, down in statement.sort)
        )
        sql = (
            f"SELECT GROUP_CONCAT(t.j ORDER BY {keys} SEPARATOR ','), COUNT(*), "
            f"SUM(LENGTH(t.j)) FROM ({prepared.sql}) t"
        )
        return replace(prepared, sql=sql)

    def _prepare(self, statement: Select[Any]) -> Prepared:
        return prepare(statement, self._engine_dialect)
