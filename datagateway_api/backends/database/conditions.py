"""From a checked condition to SQL.

Conditions on one to-many path speak about the same related row, and an entity is matched once,
however many related rows meet them. So a to-many path becomes a sub-select, never a join of the
statement itself, and parts of an AND that share such a path share one sub-select. An OR needs no
sharing: some row meets "a or b" just when some row meets a or some row meets b. ``Related`` is a
sub-select of its own that shares nothing, and ``Not`` is judged from the entity's own row again.
"""

from collections.abc import Callable, Mapping

from sqlalchemy import (
    Boolean,
    ColumnElement,
    and_,
    case,
    exists,
    literal_column,
    or_,
    select,
    true,
    type_coerce,
)
from sqlalchemy.sql.expression import Grouping

from datagateway_api.backends.database.scopes import Scope
from datagateway_api.core.errors import BadFilter
from datagateway_api.core.query.model import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Not,
    Related,
)
from datagateway_api.core.query.sharing import (
    Prefix,
    apart_from,
    first_unbound,
    is_everything,
    most_shared,
    tests_presence,
    tied_parts,
)
from datagateway_api.sql.comparisons import operator_sql, variant
from datagateway_api.sql.dialects import Dialect, Sql, sql_number

WIDEST = 32
MOST_SUB_SELECTS = 1000


class Conditions:
    """Compiles the conditions of one statement."""

    def __init__(self, dialect: Dialect, names: Mapping[int, str]) -> None:
        """Take the dialect and the bind name of each comparison, by its identity."""
        self._dialect = dialect
        self._names = names
        self._sub_selects = 0

    def compile(self, condition: Condition, scope: Scope) -> Sql:
        """Return the condition as SQL, adding to the scope the joins that it needs."""
        if isinstance(condition, AnyOf):
            return _joined(or_, [self.compile(part, scope) for part in condition.parts])
        if isinstance(condition, AllOf):
            return self._all(condition, scope)
        if isinstance(condition, Related):
            return self._related(condition, scope.outermost())
        if isinstance(condition, Not):
            return self._not(condition, scope.outermost())
        return self._comparison(condition, scope)

    def _related(self, related: Related, scope: Scope) -> Sql:
        """Say that some row at the end of the relations meets a condition of its own."""
        self._count_sub_select()
        first, *rest = related.relations
        inner = Scope.root(scope.tables, scope.tables.schema.target(first))
        where = Related(tuple(rest), related.where) if rest else related.where
        if first.is_many:
            anchor, key = scope.base.c["ID"], inner.base.c[scope.tables.schema.foreign_key(first)]
        else:
            anchor, key = scope.base.c[scope.tables.schema.foreign_key(first)], inner.base.c["ID"]
        met = true() if where is None else self.compile(where, inner)
        return anchor.in_(select(key).select_from(inner.from_clause()).where(met))

    def _not(self, condition: Not, scope: Scope) -> Sql:
        """Say that a condition is false or unknown, in a form that every database takes."""
        part = self.compile(condition.part, scope)
        return case((part, sql_number(0)), else_=sql_number(1)) == sql_number(1)

    def _count_sub_select(self) -> None:
        self._sub_selects += 1
        if self._sub_selects > MOST_SUB_SELECTS:
            raise BadFilter("where: the conditions tie too many to-many relations together")

    def _all(self, condition: AllOf, scope: Scope) -> Sql:
        groups = tied_parts(condition.parts, scope)
        return _joined(and_, [self._group(parts, scope) for parts in groups])

    def _group(self, parts: tuple[Condition, ...], scope: Scope) -> Sql:
        """Compile parts of an AND that are tied together by to-many paths they share."""
        if len(parts) == 1:
            return self.compile(parts[0], scope)
        shared = most_shared(parts, scope)
        whole = AllOf(parts)
        some_row = self._some_row(shared, whole, scope)
        without = apart_from(whole, shared, scope)
        return some_row if without is None else or_(some_row, self.compile(without, scope))

    def _some_row(self, prefix: Prefix, condition: Condition, scope: Scope) -> Sql:
        """Say that some row at the end of a to-many step meets a condition."""
        self._count_sub_select()
        anchor = scope.anchor(prefix)
        inner = scope.below(prefix)
        where = self.compile(condition, inner)
        if inner.is_correlated:
            tie = inner.own_key() == anchor
            return exists(
                select(literal_column("1"))
                .select_from(inner.from_clause())
                .where(tie, where)
                .correlate(*inner.outer_tables())
            )
        return anchor.in_(select(inner.own_key()).select_from(inner.from_clause()).where(where))

    def _comparison(self, comparison: Comparison, scope: Scope) -> Sql:
        if is_everything(comparison):
            return true()
        path = comparison.path
        presence = tests_presence(comparison)
        relations = path.relations[:-1] if presence else path.relations
        unbound = first_unbound(scope, relations)
        if unbound is not None:
            return self._some_row(unbound, comparison, scope)
        if presence:
            return self._presence(comparison, scope)
        column = scope.column(path)
        if comparison.operator.name == "isnull":
            if not comparison.operand:
                return column.is_not(None)
            if not path.relations:
                return column.is_(None)
            return column.is_(None) & scope.table(path.relations).c["ID"].is_not(None)
        return operator_sql(self._dialect, comparison, column, self._names[id(comparison)])

    def _presence(self, comparison: Comparison, scope: Scope) -> Sql:
        """Test whether the row that a relation leads to is there."""
        path = comparison.path
        if path.relations[-1].is_many:
            inner = scope.below(path.relations)
            found = exists(
                select(literal_column("1"))
                .select_from(inner.base)
                .where(inner.own_key() == scope.anchor(path.relations))
                .correlate(*inner.outer_tables())
            )
            present = ~found if comparison.operand else found
        else:
            column = scope.column(path)
            present = column.is_(None) if comparison.operand else column.is_not(None)
        owner = path.relations[:-1]
        if owner and not owner[-1].is_many and comparison.operand:
            return present & scope.table(owner).c["ID"].is_not(None)
        return present


def _joined(join: Callable[..., ColumnElement[bool]], parts: list[Sql]) -> Sql:
    """Join parts by AND or OR, many of them in groups: SQLite allows no deep expressions."""
    while len(parts) > WIDEST:
        chunks = [parts[first : first + WIDEST] for first in range(0, len(parts), WIDEST)]
        # The coercion keeps SQLAlchemy from taking the parentheses away again.
        parts = [type_coerce(Grouping(join(*chunk)), Boolean) for chunk in chunks]
    return join(*parts)


def comparisons(condition: Condition | None) -> list[Comparison]:
    """Return the comparisons of a condition, in a fixed order."""
    if condition is None:
        return []
    if isinstance(condition, Comparison):
        return [condition]
    if isinstance(condition, (Related, Not)):
        return comparisons(condition.where if isinstance(condition, Related) else condition.part)
    return [found for part in condition.parts for found in comparisons(part)]


def shape(condition: Condition | None) -> object:
    """Return what two conditions that differ in values only have in common."""
    if condition is None:
        return None
    if isinstance(condition, Comparison):
        return (condition.path, condition.operator, variant(condition))
    if isinstance(condition, Related):
        return (Related, condition.relations, shape(condition.where))
    if isinstance(condition, Not):
        return (Not, shape(condition.part))
    return (isinstance(condition, AnyOf), *(shape(part) for part in condition.parts))
