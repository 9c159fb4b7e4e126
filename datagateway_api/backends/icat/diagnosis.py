"""Why ICAT refused a write, told for each object and field.

ICAT names the first thing that it dislikes of the first object, and of what stands below that
nothing at all. So after a refusal the catalogue is asked for what may be the reason: related
objects that do not exist, ICAT's own rules for parameters, and unique keys that are taken.
"""

from collections.abc import Mapping, Sequence
from typing import cast

import icat.client

from datagateway_api.backends.icat.errors import Fault, meaning
from datagateway_api.backends.icat.records import Row
from datagateway_api.backends.icat.searches import LONGEST_IN, Searches
from datagateway_api.core import dates
from datagateway_api.core.entities import Entity, FieldType, Relation, Schema
from datagateway_api.core.errors import ApiError
from datagateway_api.core.query.model import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Include,
    Operand,
    Path,
    Query,
)
from datagateway_api.core.query.operators import EQ, IN, NE
from datagateway_api.core.writing.check import refuse
from datagateway_api.core.writing.hooks import Facts, hook_problems, hooked
from datagateway_api.core.writing.keys import Item, Wanted, taken
from datagateway_api.core.writing.model import Change, Problem

_UNDIAGNOSED = ("SESSION", "INSUFFICIENT_PRIVILEGES", "NO_SUCH_OBJECT_FOUND")


def explain(
    fault: Fault, client: icat.client.Client, searches: Searches, items: Sequence[Item]
) -> ApiError:
    """Return the error that says best why ICAT refused to write some objects."""
    if fault.type in _UNDIAGNOSED:
        return meaning(fault)
    stored = Stored(client, searches)
    missing = missing_targets(stored, items)
    problems = missing or hook_problems(stored, hooked(items))
    if problems:
        return refuse(problems)
    return taken(stored, items) or meaning(fault)


def missing_targets(stored: "Stored", items: Sequence[Item]) -> list[Problem]:
    """Return a problem for each related object that does not exist or may not be seen."""
    wanted: dict[str, dict[int, None]] = {}
    for item in items:
        for relation, id_ in item.keys.items():
            if id_ is not None:
                wanted.setdefault(relation.target, {})[id_] = None
    found = {target: stored.existing(target, list(ids)) for target, ids in wanted.items()}
    return [
        Problem(item.place, relation.name, f"there is no {relation.target} with id {id_}")
        for item in items
        for relation, id_ in item.keys.items()
        if id_ is not None and id_ not in found[relation.target]
    ]


class Stored:
    """What the catalogue holds already, as far as the user may see it."""

    def __init__(self, client: icat.client.Client, searches: Searches) -> None:
        """Take the user's client."""
        self._client = client
        self._searches = searches

    @property
    def schema(self) -> Schema:
        """The schema of the catalogue."""
        return self._searches.schema

    def existing(self, name: str, ids: Sequence[int]) -> set[int]:
        """Return which of some ids there are."""
        entity = self.schema.entities[name]
        fields = (entity.fields["id"],)
        return set(self._searches.by_ids(self._client, entity, ids, fields=fields))

    def rows(self, name: str, ids: Sequence[int]) -> Mapping[int, Facts]:
        """Return the objects of an entity by id."""
        entity = self.schema.entities[name]
        rows = self._read(entity, ids, entity.to_one)
        return {id_: _facts(entity, row) for id_, row in rows.items()}

    def allowed(self, type_ids: Sequence[int]) -> Mapping[int, Sequence[str]]:
        """Return the permissible string values of parameter types, as far as they have any."""
        entity = self.schema.entities["PermissibleStringValue"]
        type_ = entity.relations["type"]
        found: dict[int, list[str]] = {}
        for start in range(0, len(type_ids), LONGEST_IN):
            ids = tuple(type_ids[start : start + LONGEST_IN])
            where = Comparison(self._to(type_), IN, ids)
            query = Query(entity, where=where, include=(Include(type_),))
            for row in self._searches.every(self._client, query):
                found.setdefault(row["type"]["id"], []).append(row["value"])
        return found

    def now(self, entity: Entity, ids: Sequence[int]) -> Mapping[int, Mapping[str, object]]:
        """Return the values of the unique key of some objects, by id."""
        steps = [entity.relations[n] for n in entity.unique if n in entity.relations]
        rows = self._read(entity, ids, steps)
        facts = {id_: _facts(entity, row) for id_, row in rows.items()}
        return {id_: {n: found.get(n) for n in entity.unique} for id_, found in facts.items()}

    def has_any(self, wanted: Sequence[Wanted]) -> bool:
        """Say whether there is one of some keys, apart from what is to change itself."""
        parts = [self._same(item, key) for item, key in wanted]
        conditions = tuple(part for part in parts if part is not None)
        if not conditions:
            return False
        query = Query(wanted[0][0].entity, where=AnyOf(conditions))
        return self._searches.count(self._client, query) > 0

    def _same(self, item: Item, key: Sequence[object]) -> Condition | None:
        """Return the condition that an object has a key; one with a null is never taken."""
        if None in key:
            return None
        entity = item.entity
        parts: list[Condition] = []
        for name, value in zip(entity.unique, key, strict=True):
            relation = entity.relations.get(name)
            path = Path((), entity.fields[name]) if relation is None else self._to(relation)
            parts.append(Comparison(path, EQ, cast(Operand, value)))
        if isinstance(item, Change):
            parts.append(Comparison(Path((), entity.fields["id"]), NE, item.id))
        return AllOf(tuple(parts))

    def _read(
        self, entity: Entity, ids: Sequence[int], relations: Sequence[Relation]
    ) -> Mapping[int, Row]:
        includes = [Include(relation) for relation in relations]
        return self._searches.by_ids(self._client, entity, sorted(set(ids)), includes)

    def _to(self, relation: Relation) -> Path:
        return Path((relation,), self.schema.target(relation).fields["id"])


def _facts(entity: Entity, row: Row) -> Facts:
    """Return a row's values as a request gives them, and its relations as ids."""
    facts: dict[str, object] = {}
    for name, value in row.items():
        field = entity.fields.get(name)
        if field is None:
            facts[name] = None if value is None else value["id"]
        else:
            is_date = field.type is FieldType.DATE and value is not None
            facts[name] = dates.parse(value) if is_date else value
    return facts
