"""Which table of a statement a path means, and the joins that make it so."""

from dataclasses import dataclass, field

from sqlalchemy import FromClause
from sqlalchemy.sql.selectable import NamedFromClause

from datagateway_api.backends.database.tables import Tables
from datagateway_api.core.entities import Entity
from datagateway_api.core.query.model import Path
from datagateway_api.core.query.sharing import Prefix
from datagateway_api.sql.dialects import Sql


@dataclass
class Joined:
    """One table joined into a scope."""

    table: NamedFromClause
    condition: Sql
    is_outer: bool


@dataclass
class Scope:
    """One FROM clause. A path's prefix is bound to at most one table of it or of its parents."""

    tables: Tables
    base: NamedFromClause
    prefix: Prefix = ()
    parent: "Scope | None" = None
    bound: dict[Prefix, NamedFromClause] = field(default_factory=dict)
    joins: list[Joined] = field(default_factory=list)
    is_correlated: bool = False

    def __post_init__(self) -> None:
        """Bind the scope's own table."""
        self.bound[self.prefix] = self.base

    @classmethod
    def root(cls, tables: Tables, entity: Entity) -> "Scope":
        """Open the scope of a statement on one entity."""
        return cls(tables, tables.by_entity[entity.name].alias())

    def below(self, prefix: Prefix) -> "Scope":
        """Open the scope of a sub-select on the rows that a to-many relation leads to."""
        table = self.tables.by_entity[prefix[-1].target].alias()
        return Scope(self.tables, table, prefix, self)

    def outermost(self) -> "Scope":
        """Return the statement's own scope, for a condition that is judged by itself."""
        scope: Scope = self
        while scope.parent is not None:
            scope = scope.parent
        self._note(scope)
        return scope

    def holder(self, prefix: Prefix) -> "Scope | None":
        """Return the scope that binds a prefix: this one or a parent."""
        scope: Scope | None = self
        while scope is not None and prefix not in scope.bound:
            scope = scope.parent
        return scope

    def table(self, prefix: Prefix) -> NamedFromClause:
        """Return the table of a prefix, joining to-one steps where they are not yet joined."""
        holder = self._locate(prefix)
        self._note(holder)
        return holder.bound[prefix]

    def column(self, path: Path) -> Sql:
        """Return a path's column; a to-one target's id is the foreign key that points at it."""
        relations = path.relations
        if path.field.name == "id" and relations and not relations[-1].is_many:
            column = self.tables.schema.foreign_key(relations[-1])
            return self.table(relations[:-1]).c[column]
        return self.table(relations).c[path.field.column]

    def own_key(self) -> Sql:
        """Return the foreign key that ties this sub-select's rows to the parent's."""
        return self.base.c[self.tables.schema.foreign_key(self.prefix[-1])]

    def anchor(self, prefix: Prefix) -> Sql:
        """Return the id of the row that a to-many relation starts from."""
        if len(prefix) > 1 and not prefix[-2].is_many:
            column = self.tables.schema.foreign_key(prefix[-2])
            return self.table(prefix[:-2]).c[column]
        return self.table(prefix[:-1]).c["ID"]

    def join_all(self, prefix: Prefix, *, is_outer: bool) -> None:
        """Join every step of a prefix below this scope's own, to-many ones too, into it."""
        for length in range(len(self.prefix) + 1, len(prefix) + 1):
            if self.holder(prefix[:length]) is None:
                self._join(prefix[:length], is_outer=is_outer)

    def from_clause(self) -> FromClause:
        """Return the tables joined so far."""
        clause: FromClause = self.base
        for joined in self.joins:
            clause = clause.join(joined.table, joined.condition, isouter=joined.is_outer)
        return clause

    def outer_tables(self) -> list[NamedFromClause]:
        """Return the tables of the parents, which a sub-select may speak of."""
        found: list[NamedFromClause] = []
        scope = self.parent
        while scope is not None:
            found += scope.bound.values()
            scope = scope.parent
        return found

    def _locate(self, prefix: Prefix) -> "Scope":
        holder = self.holder(prefix)
        if holder is None:
            assert not prefix[-1].is_many, "a to-many step is bound before it is used"
            holder = self._locate(prefix[:-1])
            holder._join(prefix, is_outer=True)
        return holder

    def _join(self, prefix: Prefix, *, is_outer: bool) -> None:
        relation = prefix[-1]
        table = self.tables.by_entity[relation.target].alias()
        key = self.tables.schema.foreign_key(relation)
        parent = self.bound[prefix[:-1]]
        if relation.is_many:
            condition: Sql = table.c[key] == parent.c["ID"]
        else:
            condition = table.c["ID"] == parent.c[key]
        self.bound[prefix] = table
        self.joins.append(Joined(table, condition, is_outer))

    def _note(self, holder: "Scope") -> None:
        """Mark the scopes between a use and its table as depending on the outside."""
        scope: Scope = self
        while scope is not holder:
            scope.is_correlated = True
            assert scope.parent is not None
            scope = scope.parent
