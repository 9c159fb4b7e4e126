"""What ICAT checks of some entities before it writes them, beyond types and keys.

The rules are those of ICAT's own entity classes: a parameter's type must be applicable to what it
describes and, where it is enforced, its value must be allowed; a rule's flags are letters of CRUD;
a public step's field is a relation of its origin. A change is checked as the object is after it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Protocol, TypeAlias

from datagateway_api.core.entities import Entity, Schema
from datagateway_api.core.writing.check import refuse
from datagateway_api.core.writing.model import Change, Draft, Problem

SUFFIX = "Parameter"
TYPE = "ParameterType"

Item: TypeAlias = Draft | Change
Facts: TypeAlias = Mapping[str, object]
"""Attributes and ids of to-one relations, by name; enums by name, too."""


class Stored(Protocol):
    """What the catalogue holds already."""

    @property
    def schema(self) -> Schema:
        """The schema of the catalogue."""

    def rows(self, name: str, ids: Sequence[int]) -> Mapping[int, Facts]:
        """Return the objects of an entity by id."""

    def allowed(self, type_ids: Sequence[int]) -> Mapping[int, Sequence[str]]:
        """Return the permissible string values of parameter types, as far as they have any."""


def hooked(items: Sequence[Item]) -> list[Item]:
    """Return the items that ICAT checks in ways of its own."""
    return [item for item in items if _has_hook(item.entity)]


def hook_problems(stored: Stored, items: Sequence[Item]) -> list[Problem]:
    """Return everything that ICAT would refuse of items that it checks."""
    pairs = list(_after(stored, items))
    types = _types(stored, pairs)
    problems: list[Problem] = []
    for item, facts in pairs:
        if item.entity.name == "Rule":
            problems += _rule(item, facts)
        elif item.entity.name == "PublicStep":
            problems += _public_step(item, facts, stored.schema)
        else:
            problems += _parameter(item, facts, types)
    return problems


def check_hooks(stored: Stored, items: Sequence[Item]) -> None:
    """Raise BadRequest with everything that ICAT would refuse."""
    checked = hooked(items)
    problems = hook_problems(stored, checked) if checked else []
    if problems:
        raise refuse(problems)


def _has_hook(entity: Entity) -> bool:
    return entity.name.endswith(SUFFIX) or entity.name in ("Rule", "PublicStep")


def _after(stored: Stored, items: Sequence[Item]) -> Iterator[tuple[Item, Facts]]:
    """Yield each item with the facts of its object as they will be."""
    changes = [item for item in items if isinstance(item, Change)]
    before: Mapping[int, Facts] = {}
    if changes:
        before = stored.rows(changes[0].entity.name, [change.id for change in changes])
    for item in items:
        given = {field.name: value for field, value in item.values.items()}
        given |= {relation.name: id_ for relation, id_ in item.keys.items()}
        yield item, {**(before.get(item.id, {}) if isinstance(item, Change) else {}), **given}


def _rule(item: Item, facts: Facts) -> list[Problem]:
    flags = str(facts.get("crudFlags"))
    if set(flags.strip().upper()) <= set("CRUD"):
        return []
    return [Problem(item.place, "crudFlags", f'must be letters of CRUD, got "{flags}"')]


def _public_step(item: Item, facts: Facts, schema: Schema) -> list[Problem]:
    origin = schema.entities.get(str(facts.get("origin")))
    if origin is None:
        return [Problem(item.place, "origin", "must be the name of an entity")]
    if str(facts.get("field")) not in origin.relations:
        return [Problem(item.place, "field", f"must be a relation of {origin.name}")]
    return []


@dataclass(frozen=True, slots=True)
class _Type:
    """What a parameter's type demands."""

    facts: Facts
    kind: object
    allowed: Sequence[str] = ()


def _types(stored: Stored, pairs: Sequence[tuple[Item, Facts]]) -> dict[object, _Type]:
    """Return the stored types of parameters by id."""
    ids = [id_ for _, facts in pairs if isinstance(id_ := facts.get("type"), int)]
    if not ids:
        return {}
    rows = stored.rows(TYPE, ids)
    allowed = stored.allowed([id_ for id_, facts in rows.items() if facts["enforced"]])
    return {
        id_: _Type(facts, facts["valueType"], allowed.get(id_, ())) for id_, facts in rows.items()
    }


def _new_type(draft: Draft) -> _Type:
    """Return a type that is created together with parameters of it."""
    flags = dict.fromkeys(draft.entity.fields, False)
    facts = {**flags, **{field.name: value for field, value in draft.values.items()}}
    values = draft.children.get(draft.entity.relations["permissibleStringValues"], ())
    allowed = [str(value) for child in values for value in child.values.values()]
    return _Type(facts, facts["valueType"], allowed)


def _parameter(item: Item, facts: Facts, types: Mapping[object, _Type]) -> list[Problem]:
    """Hold a parameter against its type, be that stored or about to be created above it."""
    found = types.get(facts.get("type"))
    if isinstance(item, Draft) and item.owner is not None and item.implied == "type":
        found = _new_type(item.owner)
    if found is None:
        return []
    subject = item.entity.name.removesuffix(SUFFIX)
    if not found.facts.get(f"applicableTo{subject}", True):
        name = found.facts["name"]
        return [Problem(item.place, "type", f"{name} is not applicable to a {subject}")]
    return _value(item.place, facts, found) if found.facts["enforced"] else []


def _value(place: str, facts: Facts, found: _Type) -> list[Problem]:
    """Hold a parameter's value against an enforced type; one without a value may be written."""
    name = found.facts["name"]
    number, text = facts.get("numericValue"), facts.get("stringValue")
    low, high = found.facts.get("minimumNumericValue"), found.facts.get("maximumNumericValue")
    reason = ""
    if found.kind == "NUMERIC" and isinstance(number, Real):
        if isinstance(low, Real) and number < low:
            reason = f"{number} < {low}, the least of {name}"
        elif isinstance(high, Real) and number > high:
            reason = f"{number} > {high}, the most of {name}"
        return [Problem(place, "numericValue", reason)] if reason else []
    if found.kind == "STRING" and text is not None and found.allowed and text not in found.allowed:
        return [Problem(place, "stringValue", f"is not one of {', '.join(found.allowed)}")]
    return []
