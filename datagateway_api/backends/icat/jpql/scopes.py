"""Which variable of a JPQL query a path means, and the joins that make it so.

ICAT joins a dotted path by an inner join that holds for the whole query, even under OR. So no path
here walks a relation without a variable of its own, and where a related object may be missing its
join is a LEFT JOIN.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from datagateway_api.core.entities import Entity, Relation, Schema
from datagateway_api.core.query.model import Path
from datagateway_api.core.query.sharing import Prefix


def variables() -> Iterator[str]:
    """Yield names of variables; ICAT wants each to be unlike all others in a query."""
    return (f"s{number}" for number in count(1))


@dataclass
class Scope:
    """One FROM clause. A path's prefix is bound to at most one variable of it or its parents."""

    schema: Schema
    entity: Entity
    variable: str
    names: Iterator[str]
    prefix: Prefix = ()
    parent: "Scope | None" = None
    bound: dict[Prefix, str] = field(default_factory=dict)
    joins: list[str] = field(default_factory=list)
    optional: set[Prefix] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Bind the scope's own variable."""
        self.bound[self.prefix] = self.variable

    @classmethod
    def root(cls, schema: Schema, entity: Entity) -> "Scope":
        """Open the scope of a query on one entity."""
        return cls(schema, entity, "o", variables())

    def below(self, prefix: Prefix) -> "Scope":
        """Open the scope of a sub-select on the rows that a to-many relation leads to."""
        target = self.schema.target(prefix[-1])
        return Scope(self.schema, target, next(self.names), self.names, prefix, self)

    def apart(self, relation: Relation) -> "Scope":
        """Open the scope of a sub-select on a relation's target that shares nothing."""
        return Scope(self.schema, self.schema.target(relation), next(self.names), self.names)

    def outermost(self) -> "Scope":
        """Return the scope of what a condition is about, for one that is judged by itself."""
        scope: Scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope

    def holder(self, prefix: Prefix) -> "Scope | None":
        """Return the scope that binds a prefix: this one or a parent."""
        scope: Scope | None = self
        while scope is not None and prefix not in scope.bound:
            scope = scope.parent
        return scope

    def of(self, prefix: Prefix) -> str:
        """Return the variable of a prefix, joining to-one steps where they are not yet joined."""
        holder = self._locate(prefix)
        return holder.bound[prefix]

    def column(self, path: Path) -> str:
        """Return what to write for a path."""
        return f"{self.of(path.relations)}.{path.field.name}"

    def relation(self, prefix: Prefix) -> str:
        """Return the last step of a prefix as a path from the variable of those before it."""
        return f"{self.of(prefix[:-1])}.{prefix[-1].name}"

    def join_all(self, prefix: Prefix, *, is_outer: bool) -> None:
        """Join every step of a prefix, to-many ones too, into this scope."""
        for length in range(len(self.prefix) + 1, len(prefix) + 1):
            if self.holder(prefix[:length]) is None:
                self._join(prefix[:length], is_outer=is_outer)

    def from_clause(self) -> str:
        """Return the entity and the joins so far."""
        return " ".join((f"{self.entity.name} {self.variable}", *self.joins))

    def _locate(self, prefix: Prefix) -> "Scope":
        holder = self.holder(prefix)
        if holder is None:
            assert not prefix[-1].is_many, "a to-many step is bound before it is used"
            holder = self._locate(prefix[:-1])
            holder._join(prefix, is_outer=prefix[-1].nullable)
        return holder

    def _join(self, prefix: Prefix, *, is_outer: bool) -> None:
        is_optional = is_outer or prefix[:-1] in self.optional
        variable = next(self.names)
        word = "LEFT JOIN" if is_optional else "JOIN"
        self.joins.append(f"{word} {self.bound[prefix[:-1]]}.{prefix[-1].name} AS {variable}")
        self.bound[prefix] = variable
        if is_optional:
            self.optional.add(prefix)
