"""Related objects: each include read in a few calls for all rows at once, cut to its scope."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from datagateway_api.core.errors import BadFilter
from datagateway_api.search.asked_units import AskedUnit, asked_units
from datagateway_api.search.filters import Filter, Include, Order
from datagateway_api.search.logic import every
from datagateway_api.search.mapping import Link, Source
from datagateway_api.search.pairs import Pairs
from datagateway_api.search.panosc import Relation
from datagateway_api.search.records import Completing, Record, paths_of, record
from datagateway_api.search.science.units import to_asked
from datagateway_api.search.translate import Translator

MOST_ROWS = 200_000
"""Rows of one include that are read for one answer."""

CONVERTED_BY: Final = frozenset(("name", "value", "unit"))
"""What decides a value's unit in the answer, whether or not it is asked for."""

Key: TypeAlias = tuple[str, int]


@dataclass(slots=True)
class _Group:
    """All includes of one relation: what is read for any of them is answered once."""

    relation: Relation
    scopes: list[Filter] = field(default_factory=list)

    @property
    def fields(self) -> frozenset[str] | None:
        """The attributes that some scope asks for; None is all."""
        asked = [scope.fields for scope in self.scopes]
        return None if None in asked else frozenset().union(*(each or () for each in asked))

    @property
    def needed(self) -> frozenset[str] | None:
        """The attributes to read: those asked for, and what sorting and units go by."""
        if self.fields is None:
            return None
        sorting = {key.name for scope in self.scopes for key in scope.order}
        return self.fields | sorting | (CONVERTED_BY if self.units else frozenset())

    @property
    def includes(self) -> tuple[Include, ...]:
        """What is included below, by any scope."""
        return tuple(include for scope in self.scopes for include in scope.include)

    @property
    def units(self) -> list[AskedUnit]:
        """The units that values are asked in."""
        return [unit for scope in self.scopes for unit in asked_units(scope.where)]


class Includes:
    """Attaches related objects to records."""

    def __init__(self, pairs: Pairs, translator: Translator, completing: Completing) -> None:
        """Take what follows relations, what translates scopes and what reads attributes."""
        self._pairs = pairs
        self._translator = translator
        self._completing = completing

    def attach(self, records: Sequence[Record], includes: Iterable[Include]) -> None:
        """Put what is included into the objects of records."""
        for group in _groups(records, includes):
            self._attach(records, group)

    def _attach(self, records: Sequence[Record], group: _Group) -> None:
        known: dict[Key, Record] = {}
        lists = [self._lists(records, group, scope, known) for scope in group.scopes]
        self._completing.complete(known.values(), group.needed)
        for each in known.values():
            each.make(group.fields)
            _convert(each, group.units)
        for owner in records:
            parts = [
                _cut(found.get(owner.key, ()), scope)
                for found, scope in zip(lists, group.scopes, strict=True)
            ]
            _set(owner, group.relation, _united(parts, group.scopes))
        self.attach([*known.values()], group.includes)

    def _lists(
        self, records: Sequence[Record], group: _Group, scope: Filter, known: dict[Key, Record]
    ) -> dict[Key, list[Record]]:
        """Return the records that meet a scope, for each owner."""
        owners: dict[Source, list[int]] = {}
        for owner in records:
            owners.setdefault(owner.source, []).append(owner.id)
        found: dict[Key, dict[Key, Record]] = {}
        for source, ids in owners.items():
            for link in source.links[group.relation.name]:
                for id_, made in self._linked(source, link, ids, group, scope):
                    kept = known.setdefault(made.key, made)
                    found.setdefault((source.icat.name, id_), {})[made.key] = kept
                    if len(known) > MOST_ROWS:
                        raise BadFilter(
                            f"include: {group.relation.name} has more than {MOST_ROWS} rows; "
                            "ask for fewer rows"
                        )
        return {key: [*each.values()] for key, each in found.items()}

    def _linked(
        self, source: Source, link: Link, ids: Sequence[int], group: _Group, scope: Filter
    ) -> Iterator[tuple[int, Record]]:
        target, steps = link.target, link.relations
        last = steps[-1] if steps else None
        where = every(
            (self._translator.scope(target, scope), self._translator.visible(target, last))
        )
        paths = paths_of(target, group.needed)
        for id_, values in self._pairs.find(source.icat, steps, ids, paths, where):
            yield id_, record(target, paths, values)


def _groups(records: Sequence[Record], includes: Iterable[Include]) -> list[_Group]:
    if not records:
        return []
    relations = records[0].source.entity.relations
    groups: dict[str, _Group] = {}
    for include in includes:
        relation = relations[include.relation]
        groups.setdefault(include.relation, _Group(relation)).scopes.append(include.scope)
    return [*groups.values()]


def _cut(found: Iterable[Record], scope: Filter) -> list[Record]:
    """Sort and page one owner's list as its scope asks."""
    rows = _sorted(found, scope.order)
    end = None if scope.limit is None else scope.skip + scope.limit
    return rows[scope.skip : end]


def _sorted(found: Iterable[Record], order: Sequence[Order]) -> list[Record]:
    rows = sorted(found, key=lambda each: each.place)
    for key in reversed(order):
        rows.sort(key=_sort_key(key), reverse=key.is_descending)
    return rows


def _sort_key(key: Order) -> Any:
    def place(each: Record) -> tuple[bool, str, Any]:
        value = each.attribute(key.name)
        return value is not None, type(value).__name__, value

    return place


def _united(parts: Sequence[list[Record]], scopes: Sequence[Filter]) -> list[Record]:
    """Return what is in any of some lists, once, in the first order that is asked for."""
    if len(parts) == 1:
        return parts[0]
    found = {each.key: each for part in parts for each in part}
    order = next((scope.order for scope in scopes if scope.order), ())
    return _sorted(found.values(), order)


def _set(owner: Record, relation: Relation, found: Sequence[Record]) -> None:
    objects = [each.object for each in found]
    owner.object[relation.name] = objects if relation.is_many else next(iter(objects), None)


def _convert(made: Record, units: Sequence[AskedUnit]) -> None:
    """Answer a parameter's value in the unit that was asked for."""
    if not units or made.source.entity.name != "Parameter":
        return
    stored, value = made.attribute("unit"), made.attribute("value")
    if not isinstance(value, (int, float)) or stored is None:
        return
    for asked in units:
        if asked.names and made.attribute("name") not in asked.names:
            continue
        converted = to_asked(value, stored, asked.unit)
        if converted is not None:
            changed = {"value": converted, "unit": asked.unit}
            made.object.update({k: v for k, v in changed.items() if k in made.object})
            return
