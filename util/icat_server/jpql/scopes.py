"""The variables of a select, and the joins that they and the paths from them need."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from datagateway_api.core.entities import Entity, Relation
from util.icat_server.catalogue import Catalogue
from util.icat_server.errors import IcatError, Kind

MOST_TABLES = 60
Sql = sa.ColumnElement[Any]


@dataclass(frozen=True, eq=False, slots=True)
class Source:
    """A table in a select, with the entity that its rows are."""

    entity: Entity
    table: sa.FromClause

    def column(self, name: str) -> Sql:
        """Return a column by its name in the schema."""
        return self.table.c[name]

    @property
    def id(self) -> Sql:
        """The primary key."""
        return self.table.c[self.entity.fields["id"].column]


class Scope:
    """The FROM clause of one select while it grows; a sub-select sees its parent's variables."""

    def __init__(self, catalogue: Catalogue, parent: "Scope | None" = None) -> None:
        self._catalogue = catalogue
        self._parent = parent
        self._variables: dict[str, Source] = {}
        self._steps: dict[tuple[Source, str], Source] = {}
        self._from: sa.FromClause | None = None
        self._first: Source
        self._tables = 0
        self.conditions: list[Sql] = []

    def find(self, variable: str) -> "tuple[Scope, Source] | None":
        """Return a variable's source and the scope that it belongs to."""
        found = self._variables.get(variable.lower())
        if found is not None:
            return self, found
        return self._parent.find(variable) if self._parent is not None else None

    def define(self, variable: str, source: Source) -> None:
        """Let a variable stand for a source."""
        self._variables[variable.lower()] = source

    def is_defined(self, variable: str) -> bool:
        """Say whether this select itself defines a variable."""
        return variable.lower() in self._variables

    def range(self, entity: Entity) -> Source:
        """Add an entity's table with all its rows."""
        source = self._new(entity)
        if self._from is None:
            self._from, self._first = source.table, source
        else:
            # Always true; on MariaDB, SQLAlchemy takes a plain TRUE for a forgotten condition.
            all_of_all = sa.or_(self._first.id == source.id, self._first.id != source.id)
            self._from = self._from.join(source.table, all_of_all)
        return source

    def correlated(self, origin: Source, relation: Relation) -> Source:
        """Add the targets of an outer variable's relation."""
        source = self.range(self._catalogue.target(relation))
        self.conditions.append(self.link(origin, relation, source))
        return source

    def join(self, origin: Source, relation: Relation, *, is_outer: bool = False) -> Source:
        """Join the targets of a relation."""
        source = self._new(self._catalogue.target(relation))
        assert self._from is not None
        on = self.link(origin, relation, source)
        self._from = self._from.join(source.table, on, isouter=is_outer)
        return source

    def step(self, origin: Source, relation: Relation) -> Source:
        """Follow a relation in a path: an inner join that equal paths share."""
        key = (origin, relation.name)
        if key not in self._steps:
            self._steps[key] = self.join(origin, relation)
        return self._steps[key]

    def link(self, origin: Source, relation: Relation, target: Source) -> Sql:
        """Return the condition that a target belongs to an origin."""
        key = self._catalogue.foreign_key(relation)
        if relation.is_many:
            return target.column(key) == origin.id
        return origin.column(key) == target.id

    def new(self, entity: Entity) -> Source:
        """Return a table that is in no FROM clause yet."""
        return Source(entity, self._catalogue.table(entity).alias())

    def finish(self, select: sa.Select[Any]) -> sa.Select[Any]:
        """Put the FROM clause into a select that is otherwise complete."""
        assert self._from is not None
        select = select.select_from(self._from).where(*self.conditions)
        return select.correlate(*self._outer_tables())

    def _outer_tables(self) -> list[sa.FromClause]:
        tables: list[sa.FromClause] = []
        scope = self._parent
        while scope is not None:
            tables += [source.table for source in scope._variables.values()]
            tables += [source.table for source in scope._steps.values()]
            scope = scope._parent
        return tables

    def _new(self, entity: Entity) -> Source:
        self._tables += 1
        if self._tables > MOST_TABLES:
            raise IcatError(Kind.INTERNAL, f"The query joins more than {MOST_TABLES} tables")
        return self.new(entity)
