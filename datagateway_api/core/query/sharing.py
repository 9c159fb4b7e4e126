"""Which parts of a condition speak about the same related row, whatever a backend compiles to.

A backend binds each to-many step of a path to one table or variable, in one scope. Parts of an AND
that need the same step next go into one scope; parts that share none stay apart.
"""

from collections.abc import Iterable
from typing import Protocol, TypeAlias

from datagateway_api.core.entities import Relation
from datagateway_api.core.query.model import AllOf, AnyOf, Comparison, Condition, Not, Related

Prefix: TypeAlias = tuple[Relation, ...]


class Scope(Protocol):
    """What a backend has bound so far, in a sub-select and those around it."""

    def holder(self, prefix: Prefix) -> object | None:
        """Return what binds a prefix, None when nothing does."""


def first_unbound(scope: Scope, relations: Iterable[Relation]) -> Prefix | None:
    """Return the shortest prefix that ends in a to-many step not bound in a scope."""
    steps = tuple(relations)
    for length, relation in enumerate(steps, 1):
        if relation.is_many and scope.holder(steps[:length]) is None:
            return steps[:length]
    return None


def is_everything(comparison: Comparison) -> bool:
    """Say whether a comparison excludes nothing, nulls included."""
    return comparison.operator.name == "nin" and comparison.operand == ()


def tests_presence(comparison: Comparison) -> bool:
    """Say whether a comparison asks if there is anything at the end of a relation."""
    path = comparison.path
    return comparison.operator.name == "isnull" and bool(path.relations) and path.field.name == "id"


def next_steps(condition: Condition, scope: Scope) -> frozenset[Prefix]:
    """Return the to-many steps that a condition needs next, below what the scope binds."""
    if isinstance(condition, Comparison):
        if is_everything(condition):
            return frozenset()
        relations = condition.path.relations
        if tests_presence(condition):
            relations = relations[:-1]
        unbound = first_unbound(scope, relations)
        return frozenset() if unbound is None else frozenset((unbound,))
    if isinstance(condition, (Related, Not)):
        return frozenset()
    return frozenset().union(*(next_steps(part, scope) for part in condition.parts))


def tied_parts(parts: tuple[Condition, ...], scope: Scope) -> list[tuple[Condition, ...]]:
    """Split the parts of an AND into those tied together by to-many steps."""
    groups: list[tuple[set[Prefix], list[Condition]]] = []
    for part in parts:
        prefixes = set(next_steps(part, scope))
        tied = [group for group in groups if group[0] & prefixes]
        merged: list[Condition] = []
        for group in tied:
            prefixes |= group[0]
            merged += group[1]
            groups.remove(group)
        groups.append((prefixes, [*merged, part]))
    return [tuple(group[1]) for group in groups]


def most_shared(parts: tuple[Condition, ...], scope: Scope) -> Prefix:
    """Return the step that most parts need next, the first one of several."""
    needed = [next_steps(part, scope) for part in parts]
    seen = dict.fromkeys(prefix for prefixes in needed for prefix in prefixes)
    return max(seen, key=lambda prefix: sum(prefix in prefixes for prefixes in needed))


def apart_from(condition: Condition, prefix: Prefix, scope: Scope) -> Condition | None:
    """Return a condition for entities that lack the row a prefix leads to; None is never."""
    if isinstance(condition, Comparison):
        return None if prefix in next_steps(condition, scope) else condition
    if isinstance(condition, (Related, Not)):
        return condition
    parts = [apart_from(part, prefix, scope) for part in condition.parts]
    kept = tuple(part for part in parts if part is not None)
    if isinstance(condition, AllOf):
        return AllOf(kept) if len(kept) == len(parts) else None
    return AnyOf(kept) if kept else None
