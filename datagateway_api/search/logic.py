"""Putting conditions together, where some are known to hold always or never."""

from collections.abc import Iterable
from typing import TypeAlias

from datagateway_api.core.entities import Relation
from datagateway_api.core.query.model import AllOf, AnyOf, Condition, Not, Related

Truth: TypeAlias = Condition | bool
"""A condition, or True where everything meets it, or False where nothing does."""


def every(parts: Iterable[Truth]) -> Truth:
    """Hold when all parts hold."""
    kept: list[Condition] = []
    for part in parts:
        if part is False:
            return False
        if isinstance(part, AllOf):
            kept += part.parts
        elif not isinstance(part, bool):
            kept.append(part)
    if not kept:
        return True
    return kept[0] if len(kept) == 1 else AllOf(tuple(kept))


def some(parts: Iterable[Truth]) -> Truth:
    """Hold when at least one part holds."""
    kept: list[Condition] = []
    for part in parts:
        if part is True:
            return True
        if isinstance(part, AnyOf):
            kept += part.parts
        elif not isinstance(part, bool):
            kept.append(part)
    if not kept:
        return False
    return kept[0] if len(kept) == 1 else AnyOf(tuple(kept))


def negated(part: Truth) -> Truth:
    """Hold when a part does not, be it false or unknown.

    The negation goes down to the parts of an AND or OR: what is deeply nested gets no deeper.
    """
    match part:
        case bool():
            return not part
        case Not():
            return part.part
        case AllOf(parts):
            return some(negated(each) for each in parts)
        case AnyOf(parts):
            return every(negated(each) for each in parts)
    return Not(part)


def related(relations: tuple[Relation, ...], where: Truth) -> Truth:
    """Hold when some row behind the relations meets a condition."""
    if where is False or not relations:
        return where
    if isinstance(where, Related):
        return Related((*relations, *where.relations), where.where)
    return Related(relations, None if where is True else where)
