"""From a checked condition to JPQL, with the meaning that the database backend gives it.

Conditions on one to-many path speak about the same related row, and an entity is matched once,
however many related rows meet them. So a to-many path becomes a sub-select, never a join of the
query itself, and parts of an AND that share such a path share one sub-select. An OR needs no
sharing. ``Related`` is a sub-select of its own. JPQL cannot ask whether a condition is unknown, so
``Not`` is carried down to the comparisons, where it also takes what is null.
"""

from datetime import tzinfo

from datagateway_api.backends.icat.jpql.comparisons import compare
from datagateway_api.backends.icat.jpql.scopes import Scope
from datagateway_api.core.errors import BadFilter
from datagateway_api.core.query.model import AllOf, AnyOf, Comparison, Condition, Not, Related
from datagateway_api.core.query.sharing import (
    Prefix,
    apart_from,
    first_unbound,
    is_everything,
    most_shared,
    tests_presence,
    tied_parts,
)

MOST_SUB_SELECTS = 1000


class Conditions:
    """Compiles the conditions of one query."""

    def __init__(self, zone: tzinfo) -> None:
        """Take the time zone of ICAT's server."""
        self._zone = zone
        self._sub_selects = 0

    def compile(self, condition: Condition, scope: Scope, *, holds: bool = True) -> str:
        """Return JPQL that is true just when a condition holds, or just when it does not."""
        match condition:
            case AllOf():
                groups = tied_parts(condition.parts, scope)
                parts = [self._group(group, scope, holds=holds) for group in groups]
                return _joined("AND" if holds else "OR", parts)
            case AnyOf():
                parts = [self.compile(part, scope, holds=holds) for part in condition.parts]
                return _joined("OR" if holds else "AND", parts)
            case Related():
                return self._related(condition, scope.outermost(), holds=holds)
            case Not():
                return self.compile(condition.part, scope.outermost(), holds=not holds)
        return self._comparison(condition, scope, holds=holds)

    def _related(self, related: Related, scope: Scope, *, holds: bool) -> str:
        """Say that some row at the end of the relations meets a condition of its own."""
        self._count_sub_select()
        first, *rest = related.relations
        if first.is_many:
            inner = scope.apart(first)
            tie = f"{inner.variable}.{first.inverse} = {scope.variable}"
        else:
            anchor = scope.of((first,))
            inner = scope.apart(first)
            tie = f"{inner.variable}.id = {anchor}.id"
        where = Related(tuple(rest), related.where) if rest else related.where
        met = [] if where is None else [self.compile(where, inner)]
        return _exists(inner, [tie, *met], holds=holds)

    def _group(self, parts: tuple[Condition, ...], scope: Scope, *, holds: bool) -> str:
        """Compile parts of an AND that are tied together by to-many paths they share."""
        if len(parts) == 1:
            return self.compile(parts[0], scope, holds=holds)
        shared = most_shared(parts, scope)
        whole = AllOf(parts)
        some_row = self._some_row(shared, whole, scope, holds=holds)
        without = apart_from(whole, shared, scope)
        if without is None:
            return some_row
        other = self.compile(without, scope, holds=holds)
        return _joined("OR" if holds else "AND", [some_row, other])

    def _some_row(self, prefix: Prefix, condition: Condition, scope: Scope, *, holds: bool) -> str:
        """Say that some row at the end of a to-many step meets a condition."""
        self._count_sub_select()
        anchor = scope.of(prefix[:-1])
        inner = scope.below(prefix)
        tie = f"{inner.variable}.{prefix[-1].inverse} = {anchor}"
        return _exists(inner, [tie, self.compile(condition, inner)], holds=holds)

    def _comparison(self, comparison: Comparison, scope: Scope, *, holds: bool) -> str:
        if is_everything(comparison):
            return _constant(scope, is_true=holds)
        path = comparison.path
        presence = tests_presence(comparison)
        relations = path.relations[:-1] if presence else path.relations
        unbound = first_unbound(scope, relations)
        if unbound is not None:
            return self._some_row(unbound, comparison, scope, holds=holds)
        if presence:
            return self._presence(comparison, scope, holds=holds)
        column = scope.column(path)
        if comparison.operator.name == "isnull":
            return _isnull(comparison, column, scope, holds=holds)
        found = compare(comparison, column, self._zone)
        if found is None:
            return _constant(scope, is_true=not holds)
        return found if holds else f"(NOT ({found}) OR {column} IS NULL)"

    def _presence(self, comparison: Comparison, scope: Scope, *, holds: bool) -> str:
        """Test whether the row that a relation leads to is there; its owner must be."""
        prefix = comparison.path.relations
        owner = prefix[:-1]
        is_absent = bool(comparison.operand)
        if prefix[-1].is_many:
            anchor = scope.of(owner)
            inner = scope.below(prefix)
            tie = f"{inner.variable}.{prefix[-1].inverse} = {anchor}"
            found = _exists(inner, [tie], holds=not is_absent)
        else:
            found = f"{scope.relation(prefix)} IS {'' if is_absent else 'NOT '}NULL"
        if is_absent and owner in _holder(scope, owner).optional:
            found = f"({found} AND {scope.of(owner)}.id IS NOT NULL)"
        return found if holds else f"NOT ({found})"

    def _count_sub_select(self) -> None:
        self._sub_selects += 1
        if self._sub_selects > MOST_SUB_SELECTS:
            raise BadFilter("where: the conditions tie too many to-many relations together")


def _holder(scope: Scope, prefix: Prefix) -> Scope:
    """Return the scope that binds a prefix which is bound."""
    holder = scope.holder(prefix)
    assert holder is not None, "the prefix was bound before"
    return holder


def _isnull(comparison: Comparison, column: str, scope: Scope, *, holds: bool) -> str:
    """Test for null; a value of a related object is null only where there is the object."""
    if not comparison.operand:
        return f"{column} IS {'NOT ' if holds else ''}NULL"
    prefix = comparison.path.relations
    if prefix not in _holder(scope, prefix).optional:
        return f"{column} IS {'' if holds else 'NOT '}NULL"
    found = f"({column} IS NULL AND {scope.of(prefix)}.id IS NOT NULL)"
    return found if holds else f"NOT {found}"


def _constant(scope: Scope, *, is_true: bool) -> str:
    """Return what always or never holds; an id is never null."""
    return f"{scope.variable}.id IS {'NOT ' if is_true else ''}NULL"


def _exists(inner: Scope, parts: list[str], *, holds: bool) -> str:
    return (
        f"{'' if holds else 'NOT '}EXISTS (SELECT {inner.variable}.id FROM {inner.from_clause()} "
        f"WHERE {' AND '.join(parts)})"
    )


def _joined(word: str, parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"({f' {word} '.join(parts)})"
