"""Which rows may leave: conditions on ICAT's entities that every answer is held to.

A rule belongs to one ICAT entity; what belongs to such an entity by its mandatory relations (a
dataset to its investigation, a datafile to its dataset) is bound by the rule too. So are the rows
that a condition or an include merely passes through.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from datagateway_api.core.entities import Entity, Relation, Schema
from datagateway_api.core.errors import BadFilter
from datagateway_api.core.query.check import Checker
from datagateway_api.core.query.model import (
    AllOf,
    AnyOf,
    Asked,
    Comparison,
    Condition,
    Operand,
    Path,
)
from datagateway_api.search.mapping_file import VISIBILITY, Faults

PUBLIC_BY_DATE: Mapping[str, object] = {
    "Investigation": {"releaseDate": {"lte": "now"}},
    "DataPublication": {"publicationDate": {"lte": "now"}},
}
"""The rule where no other is given and the backend knows no permissions."""

NOW = "now"
_SENTINEL = datetime(9999, 12, 31, 23, 59, 59, 999999)  # noqa: DTZ001 never a real moment
DEEPEST_CHAIN = 6


@dataclass(frozen=True, slots=True)
class Rule:
    """One condition, reached from the entity that it binds by these relations."""

    chain: tuple[Relation, ...]
    condition: Condition


class Visibility:
    """The rules of one catalogue."""

    def __init__(self, schema: Schema, rules: Mapping[str, object], faults: Faults) -> None:
        """Read rules as the file has them, noting what is wrong with them."""
        self.schema = schema
        self._rules = _read(schema, rules, faults)
        self.rules = lru_cache(maxsize=None)(self._find)

    def condition(
        self, entity: Entity, now: datetime, coming_by: Relation | None = None
    ) -> list[Condition]:
        """Return what a row must meet to be visible.

        ``coming_by`` is the relation by which a row that is visible itself leads here: rules that
        both share through it are met already.
        """
        found = []
        for rule in self.rules(entity):
            if coming_by is not None and rule.chain and _is_way_back(rule.chain[0], coming_by):
                continue
            found.append(_at(_behind(rule.chain, rule.condition), now))
        return found

    def _find(self, entity: Entity) -> tuple[Rule, ...]:
        """Return the rules that bind an entity: its own and those of what it belongs to."""
        found: list[Rule] = []
        self._collect(entity, (), found, {entity.name})
        return tuple(found)

    def _collect(
        self, entity: Entity, chain: tuple[Relation, ...], found: list[Rule], seen: set[str]
    ) -> None:
        own = self._rules.get(entity.name)
        if own is not None:
            found.append(Rule(chain, own))
        if len(chain) == DEEPEST_CHAIN:
            return
        for relation in entity.to_one:
            if not relation.nullable and relation.target not in seen:
                target = self.schema.target(relation)
                self._collect(target, (*chain, relation), found, {*seen, target.name})


def _read(schema: Schema, rules: Mapping[str, object], faults: Faults) -> dict[str, Condition]:
    checker = Checker(schema, max_limit=None, max_depth=10, undoubles=False)
    found = {}
    for name, where in rules.items():
        entity = schema.entities.get(name)
        if entity is None:
            faults.add(f"{VISIBILITY}.{name}", f"ICAT has no entity {name}")
            continue
        try:
            condition = checker.rows(entity, Asked(where=(_with_sentinel(where),))).where
        except BadFilter as error:
            faults.add(f"{VISIBILITY}.{name}", error.message)
        else:
            assert condition is not None
            found[name] = condition
    return found


def _with_sentinel(raw: object) -> object:
    if isinstance(raw, dict):
        return {key: _with_sentinel(value) for key, value in raw.items()}
    if isinstance(raw, list):
        return [_with_sentinel(value) for value in raw]
    return _SENTINEL.isoformat() if raw == NOW else raw


def _is_way_back(relation: Relation, coming_by: Relation) -> bool:
    return coming_by.is_many and coming_by.inverse == relation.name


def _behind(chain: tuple[Relation, ...], condition: Condition) -> Condition:
    """Return a condition as it reads from where a chain of relations begins."""
    if not chain:
        return condition
    if isinstance(condition, Comparison):
        path = condition.path
        moved = Path((*chain, *path.relations), path.field, path.ends_in_relation)
        return replace(condition, path=moved)
    assert isinstance(condition, (AllOf, AnyOf))
    return replace(condition, parts=tuple(_behind(chain, part) for part in condition.parts))


def _at(condition: Condition, now: datetime) -> Condition:
    """Return a condition with the present moment in place of ``now``."""
    if isinstance(condition, Comparison):
        operand = condition.operand
        changed: Operand = (
            tuple(now if each == _SENTINEL else each for each in operand)
            if isinstance(operand, tuple)
            else now
            if operand == _SENTINEL
            else operand
        )
        return replace(condition, operand=changed)
    assert isinstance(condition, (AllOf, AnyOf))
    return replace(condition, parts=tuple(_at(part, now) for part in condition.parts))
