"""From a checked query to the texts of ICAT searches.

One search answers a list, whatever it includes. What JPQL cannot say in one takes more:

- order through a to-many path: one search for the ids of the page, one for their objects, since
  JPQL sorts whole objects by their own paths only;
- count with ``distinct`` of one path that may be null: a second search for the null, which
  ``COUNT(DISTINCT …)`` leaves out; of several paths: the rows themselves, to be counted;
- groups are read in the order of their values and sorted by size afterwards. ICAT leaves out a
  group whose related object is missing or that the user may not read, unless the user is allowed
  to read all of that entity.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo

from datagateway_api.backends.icat.jpql.conditions import Conditions
from datagateway_api.backends.icat.jpql.scopes import Scope
from datagateway_api.core.entities import Entity, Relation, Schema
from datagateway_api.core.query.model import Condition, Include, Order, Path, Query

MOST_ROWS = 2**31 - 1
"""The largest number that LIMIT takes."""


@dataclass(frozen=True, slots=True)
class Search:
    """The text of a search, open for its LIMIT."""

    text: str
    include: str = ""

    def page(self, skip: int, limit: int) -> str:
        """Return the text for some of the rows."""
        return f"{self.text}{self.include} LIMIT {min(skip, MOST_ROWS)}, {min(limit, MOST_ROWS)}"

    def all(self) -> str:
        """Return the text for all rows."""
        return self.text + self.include


class Statements:
    """Writes searches on one catalogue's schema."""

    def __init__(self, schema: Schema, zone: tzinfo, *, sorts_nulls_first: bool) -> None:
        """Take the schema, the time zone of ICAT's server and how its database sorts nulls."""
        self._schema = schema
        self._zone = zone
        self._sorts_nulls_first = sorts_nulls_first

    def rows(self, query: Query) -> Search:
        """Search the objects of a list, sorted by none but to-one paths."""
        scope = Scope.root(self._schema, query.entity)
        where = self._where(query.where, scope)
        keys = [self._key(key, scope.column(key.path)) for key in _with_id(query)]
        text = f"SELECT o FROM {scope.from_clause()}{where} ORDER BY {', '.join(keys)}"
        return Search(text, include_clause(query.include))

    def ids_in_order(self, query: Query) -> Search:
        """Search the ids of a list that is sorted through to-many paths.

        All paths of one relation share its join, and grouping by id makes one row of an object.
        """
        scope = Scope.root(self._schema, query.entity)
        where = self._where(query.where, scope)
        grouped, keys = ["o.id"], []
        for key in _with_id(query):
            if not key.path.many:
                column = scope.column(key.path)
                grouped.append(column)
            else:
                scope.join_all(key.path.relations, is_outer=True)
                extreme = "MAX" if key.is_descending else "MIN"
                column = f"{extreme}({scope.column(key.path)})"
            keys.append(self._key(key, column))
        group_by = ", ".join(dict.fromkeys(grouped))
        return Search(
            f"SELECT o.id FROM {scope.from_clause()}{where} GROUP BY {group_by} "
            f"ORDER BY {', '.join(keys)}"
        )

    def by_ids(self, entity: Entity, ids: Sequence[int], include: Sequence[Include]) -> Search:
        """Search the objects with some ids, in no order."""
        listed = ", ".join(map(str, ids))
        text = f"SELECT o FROM {entity.name} o WHERE o.id IN ({listed})"
        return Search(text, include_clause(include))

    def count(self, query: Query) -> Search:
        """Count the objects."""
        scope = Scope.root(self._schema, query.entity)
        where = self._where(query.where, scope)
        return Search(f"SELECT COUNT(o) FROM {scope.from_clause()}{where}")

    def count_values(self, query: Query) -> tuple[Search, ...]:
        """Count the values of the one ``distinct`` path, and the objects where it is null."""
        (path,) = query.distinct
        scope = self._joined(query, is_outer=False)
        where = self._where(query.where, scope)
        column = scope.column(path)
        source = scope.from_clause()
        values = Search(f"SELECT COUNT(DISTINCT {column}) FROM {source}{where}")
        if not path.field.nullable:
            return (values,)
        null = f"{where} AND " if where else " WHERE "
        return (values, Search(f"SELECT COUNT(o) FROM {source}{null}{column} IS NULL"))

    def distinct(self, query: Query) -> Search:
        """Search the unique rows of some paths; a path that stands alone is selected twice.

        ICAT leaves nulls out of a list of single values, but not out of rows of several. Unique
        rows may be sorted by nothing but what they hold, groups of them may.
        """
        scope = self._joined(query, is_outer=False)
        where = self._where(query.where, scope)
        named = [key.path.names for key in query.order]
        rest = [Order(path) for path in query.distinct if path.names not in named]
        keys = [self._key(key, scope.column(key.path)) for key in (*query.order, *rest)]
        columns = [scope.column(path) for path in query.distinct]
        selected = ", ".join(columns if len(columns) > 1 else columns * 2)
        source = f"{scope.from_clause()}{where}"
        order = f"ORDER BY {', '.join(keys)}"
        if any(self._needs_case(path) for path in query.distinct):
            grouped = ", ".join(columns)
            return Search(f"SELECT {selected} FROM {source} GROUP BY {grouped} {order}")
        return Search(f"SELECT DISTINCT {selected} FROM {source} {order}")

    def groups(self, query: Query) -> Search:
        """Search the values of some paths, each row with the number of its objects."""
        scope = self._joined(query, is_outer=True)
        where = self._where(query.where, scope)
        columns = [scope.column(path) for path in query.group_by]
        has_many = any(path.many for path in query.group_by)
        number = "COUNT(DISTINCT o)" if has_many else "COUNT(o)"
        keys = [
            self._key(Order(path), column)
            for path, column in zip(query.group_by, columns, strict=True)
        ]
        listed = ", ".join(columns)
        return Search(
            f"SELECT {listed}, {number} FROM {scope.from_clause()}{where} "
            f"GROUP BY {listed} ORDER BY {', '.join(keys)}"
        )

    def related(self, entity: Entity, relation: Relation, ids: Sequence[int]) -> Search:
        """Search which of some objects have a to-one relation."""
        listed = ", ".join(map(str, ids))
        return Search(
            f"SELECT o.id FROM {entity.name} o "
            f"WHERE o.id IN ({listed}) AND o.{relation.name} IS NOT NULL"
        )

    def values(self, entity: Entity, name: str) -> Search:
        """Search the ids of an entity's objects, each with an attribute that is not null."""
        return Search(
            f"SELECT o.id, o.{name} FROM {entity.name} o WHERE o.{name} IS NOT NULL ORDER BY o.id"
        )

    def _joined(self, query: Query, *, is_outer: bool) -> Scope:
        """Open a scope in which the chosen paths are joined, to-many ones too."""
        scope = Scope.root(self._schema, query.entity)
        for path in query.distinct or query.group_by:
            scope.join_all(path.relations, is_outer=is_outer)
        return scope

    def _where(self, condition: Condition | None, scope: Scope) -> str:
        if condition is None:
            return ""
        return f" WHERE {Conditions(self._zone).compile(condition, scope)}"

    def _key(self, key: Order, column: str) -> str:
        """Return a sort key, with one before it where the database sorts nulls the other way."""
        way = "DESC" if key.is_descending else "ASC"
        if not self._needs_case(key.path):
            return f"{column} {way}"
        return f"CASE WHEN {column} IS NULL THEN 0 ELSE 1 END {way}, {column} {way}"

    def _needs_case(self, path: Path) -> bool:
        """Say whether nulls of a path need a sort key of their own."""
        return not self._sorts_nulls_first and may_be_null(path)


def may_be_null(path: Path) -> bool:
    """Say whether a path can lead to nothing."""
    return path.field.nullable or any(step.is_many or step.nullable for step in path.relations)


def include_clause(includes: Sequence[Include]) -> str:
    """Return the INCLUDE of a tree of relations; a step below another needs its variable."""
    steps: list[str] = []

    def add(includes: Sequence[Include], variable: str) -> None:
        for include in includes:
            step = f"{variable}.{include.relation.name}"
            if not include.children:
                steps.append(step)
                continue
            own = f"i{len(steps) + 1}"
            steps.append(f"{step} AS {own}")
            add(include.children, own)

    add(includes, "o")
    return f" INCLUDE {', '.join(steps)}" if steps else ""


def _with_id(query: Query) -> tuple[Order, ...]:
    """Return the sort keys with the id as the last."""
    own_id = Path((), query.entity.fields["id"])
    named = any(key.path.names == ("id",) for key in query.order)
    return query.order if named else (*query.order, Order(own_id))
