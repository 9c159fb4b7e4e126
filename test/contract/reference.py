"""Conditions as the specification words them, in plain Python over rows in memory.

Slow and obvious on purpose: the tests hold every backend's answers against it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import re2

from datagateway_api.core import dates
from datagateway_api.core.entities import Entity, Field, FieldType, Relation, Schema
from datagateway_api.core.query.model import AllOf, Comparison, Condition, Not, Path, Related
from test.support.catalogue import CREATED, ROWS

Row = Mapping[str, Any]
Prefix = tuple[Relation, ...]
Chosen = dict[Prefix, Row | None]


@dataclass(frozen=True)
class World:
    """All rows by entity and id; a to-one relation's value is an id or None."""

    schema: Schema
    rows: Mapping[str, Mapping[int, Row]]

    def step(self, entity: Entity, row: Row, relation: Relation) -> list[Row]:
        """Return the rows that a relation leads to."""
        others = self.rows[relation.target]
        if relation.is_many:
            return [other for other in others.values() if other[str(relation.inverse)] == row["id"]]
        return [others[row[relation.name]]] if row[relation.name] is not None else []

    def walk(self, row: Row, entity: Entity, relations: Prefix) -> list[Row]:
        """Return all rows at the end of a path."""
        found = [row]
        for relation in relations:
            found = [other for each in found for other in self.step(entity, each, relation)]
            entity = self.schema.target(relation)
        return found

    def ids(self, entity: Entity, condition: Condition | None) -> list[int]:
        """Return the ids of the rows that meet a condition."""
        return [
            id_ for id_, row in self.rows[entity.name].items() if self.holds(entity, row, condition)
        ]

    def holds(self, entity: Entity, row: Row, condition: Condition | None) -> bool:
        """Say whether a row meets a condition.

        It does when one related row can be chosen for each to-many path (or none, where none of
        the conditions on it need hold) such that everything asked is true of those chosen.
        """
        if condition is None:
            return True
        prefixes = sorted({p for c in _comparisons(condition) for p in _bound(c)}, key=len)
        return any(
            self._true(entity, row, condition, chosen)
            for chosen in self._choices(entity, row, prefixes, {(): row})
        )

    def _choices(
        self, entity: Entity, row: Row, prefixes: list[Prefix], chosen: Chosen
    ) -> Iterator[Chosen]:
        if not prefixes:
            yield chosen
            return
        first, *rest = prefixes
        for one in (*self._reach(entity, first, chosen), None):
            yield from self._choices(entity, row, rest, {**chosen, first: one})

    def _reach(self, entity: Entity, relations: Prefix, chosen: Chosen) -> list[Row]:
        """Return the rows a path leads to from the last row chosen on it."""
        start = max((p for p in chosen if p == relations[: len(p)]), key=len)
        row = chosen[start]
        if row is None:
            return []
        for relation in start:
            entity = self.schema.target(relation)
        return self.walk(row, entity, relations[len(start) :])

    def _true(self, entity: Entity, row: Row, condition: Condition, chosen: Chosen) -> bool:
        if isinstance(condition, Comparison):
            return self._compare(entity, condition, chosen)
        if isinstance(condition, (Related, Not)):
            return self._judged_by_itself(entity, row, condition)
        parts = (self._true(entity, row, part, chosen) for part in condition.parts)
        return all(parts) if isinstance(condition, AllOf) else any(parts)

    def _judged_by_itself(self, entity: Entity, row: Row, condition: Related | Not) -> bool:
        if isinstance(condition, Not):
            return not self.holds(entity, row, condition.part)
        target = self.schema.target(condition.relations[-1])
        return any(
            self.holds(target, other, condition.where)
            for other in self.walk(row, entity, condition.relations)
        )

    def _compare(self, entity: Entity, comparison: Comparison, chosen: Chosen) -> bool:
        path, name = comparison.path, comparison.operator.name
        if name == "nin" and comparison.operand == ():
            return True
        if _asks_presence(comparison):
            owners = self._reach(entity, path.relations[:-1], chosen)
            owner_entity = entity
            for relation in path.relations[:-1]:
                owner_entity = self.schema.target(relation)
            return any(
                bool(self.step(owner_entity, owner, path.relations[-1])) is not comparison.operand
                for owner in owners
            )
        return any(
            matches(comparison, row[path.field.name])
            for row in self._reach(entity, path.relations, chosen)
        )


def _comparisons(condition: Condition) -> Iterator[Comparison]:
    if isinstance(condition, Comparison):
        yield condition
        return
    if isinstance(condition, (Related, Not)):
        return
    for part in condition.parts:
        yield from _comparisons(part)


def _bound(comparison: Comparison) -> Iterable[Prefix]:
    """Return the to-many steps of which a comparison speaks of one row."""
    relations = comparison.path.relations
    walked = relations[:-1] if _asks_presence(comparison) else relations
    return [walked[:n] for n, relation in enumerate(walked, 1) if relation.is_many]


def _asks_presence(comparison: Comparison) -> bool:
    path: Path = comparison.path
    is_id = bool(path.relations) and path.field.name == "id"
    return is_id and comparison.operator.name == "isnull"


def matches(comparison: Comparison, value: Any) -> bool:
    """Say whether one value meets one comparison."""
    name, operand, field = comparison.operator.name, comparison.operand, comparison.path.field
    if name == "isnull":
        return (value is None) is operand
    if value is None:
        return False
    if "like" in name or name == "regexp":
        assert isinstance(operand, str)
        return _is_like(name, operand, wire_text(field, value), comparison.is_whole)
    ranked: Callable[[Any], Any] = field.choices.index if field.choices else lambda v: v
    if isinstance(operand, tuple):
        return _LISTS[name](ranked(value), [ranked(each) for each in operand])
    return _PLAIN[name](ranked(value), ranked(operand))


_LISTS: Mapping[str, Callable[[Any, list[Any]], bool]] = {
    "in": lambda value, operand: value in operand,
    "nin": lambda value, operand: value not in operand,
    "between": lambda value, operand: operand[0] <= value <= operand[1],
}
_PLAIN: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": lambda value, operand: value == operand,
    "ne": lambda value, operand: value != operand,
    "lt": lambda value, operand: value < operand,
    "lte": lambda value, operand: value <= operand,
    "gt": lambda value, operand: value > operand,
    "gte": lambda value, operand: value >= operand,
}


def _is_like(name: str, operand: str, value: str, is_whole: bool) -> bool:
    if name == "regexp":
        return _expression(operand, is_wild=False).search(value) is not None
    if "ilike" in name:
        operand, value = operand.lower(), value.lower()
    expression = _expression(operand, is_wild=True)
    found = (expression.fullmatch if is_whole else expression.search)(value) is not None
    return found is not name.startswith("n")


@cache
def _expression(operand: str, *, is_wild: bool) -> Any:
    """Return an RE2 expression: its time is linear for any number of wildcards."""
    if not is_wild:
        return re2.compile(operand)
    parts = ({"%": ".*", "_": "."}.get(char, re2.escape(char)) for char in operand)
    return re2.compile("(?s)" + "".join(parts))


def wire_text(field: Field, value: Any) -> str:
    """Return a value as the text it is answered as."""
    if isinstance(value, datetime):
        return dates.wire(value)
    if field.type is FieldType.FLAG:
        return "true" if value else "false"
    return str(value)


def small_catalogue(schema: Schema) -> World:
    """Return the rows of the small catalogue."""
    found: dict[str, dict[int, Row]] = {name: {} for name in schema.entities}
    for name, attributes in ROWS:
        rows, entity = found[name], schema.entities[name]
        row: dict[str, Any] = dict.fromkeys((*entity.fields, *entity.relations))
        row.update({f.name: False for f in entity.fields.values() if f.type is FieldType.FLAG})
        row.update(createId="simple/root", modId="simple/root")
        row.update(createTime=CREATED, modTime=CREATED, id=len(rows) + 1)
        row.update({key: _by_name(entity, key, value) for key, value in attributes.items()})
        rows[row["id"]] = row
    _sum_sizes(found)
    return World(schema, found)


def _by_name(entity: Entity, key: str, value: object) -> object:
    field = entity.fields.get(key)
    return field.choices[int(str(value))] if field is not None and field.choices else value


def _sum_sizes(found: dict[str, dict[int, Any]]) -> None:
    """Do what the triggers do."""
    for datafile in found["Datafile"].values():
        dataset = found["Dataset"][datafile["dataset"]]
        for row in (dataset, found["Investigation"][dataset["investigation"]]):
            row["fileCount"] = (row["fileCount"] or 0) + 1
            row["fileSize"] = (row["fileSize"] or 0) + (datafile["fileSize"] or 0)
