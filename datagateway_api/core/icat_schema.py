"""The entities of ICAT, read from the data file beside this module."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from datagateway_api.core.entities import Entity, Field, FieldType, Relation, Schema


@cache
def load() -> Schema:
    """Return the schema of the newest ICAT known, the same object every time."""
    data = _data()
    return Schema({name: _entity(name, facts, data) for name, facts in data["entities"].items()})


def versions() -> tuple[str, ...]:
    """Return the ICAT releases whose tables differ or are known, oldest first."""
    return tuple(_data()["versions"])


def is_of_later_release(entity: Entity, name: str) -> bool:
    """Say whether an entity as a catalogue has it lacks a name that the newest ICAT has."""
    newest = load().entities.get(entity.name)
    return newest is not None and name in newest.names and name not in entity.names


def as_of(version: str) -> Schema:
    """Return the schema as it was in an ICAT release, such as ``4.11`` or ``5.0.0``.

    Raises ValueError for a text that is no version and for one older than the oldest known.
    """
    wanted = _number(version)
    if wanted < _number(versions()[0])[: len(wanted)]:
        raise ValueError(f"ICAT {version} is older than {versions()[0]}, the oldest known")

    def existed(since: str) -> bool:
        return not since or _number(since)[: len(wanted)] <= wanted

    schema = load()
    absent = {
        (entity.table, column)
        for entity in schema.entities.values()
        for column, since in _columns(entity)
        if not existed(since)
    }
    return schema.cut(
        lambda entity: existed(entity.since),
        lambda entity, column: (entity.table, column) not in absent,
    )


@cache
def _data() -> Any:
    source = files("datagateway_api.core").joinpath("icat_schema.json")
    return json.loads(source.read_text(encoding="utf-8"))


def _number(version: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in version.split("."))
    except ValueError as error:
        raise ValueError(f"must look like 6.2 or 6.2.0, got {version}") from error


def _columns(entity: Entity) -> list[tuple[str, str]]:
    fields = [(f.column, f.since) for f in entity.fields.values()]
    return fields + [(r.column, r.since) for r in entity.to_one if r.column is not None]


def _entity(name: str, facts: Mapping[str, Any], data: Mapping[str, Any]) -> Entity:
    return Entity(
        name=name,
        endpoint=facts["endpoint"],
        table=facts["table"],
        fields={n: _field(n, f, data["enums"]) for n, f in facts["fields"].items()},
        relations={n: _relation(n, r) for n, r in facts["relations"].items()},
        unique=tuple(facts.get("unique", ())),
        natural_order=tuple(facts["order"]),
        since=facts["since"],
        doc=facts["doc"],
    )


def _field(name: str, facts: Mapping[str, Any], enums: Mapping[str, list[str]]) -> Field:
    return Field(
        name=name,
        type=FieldType(facts["type"]),
        column=facts["column"],
        nullable=not facts.get("required", False),
        length=facts.get("length"),
        default=0 if facts["type"] == "Boolean" else facts.get("default"),
        choices=tuple(enums.get(facts.get("enum", ""), ())),
        since=facts.get("since", ""),
        doc=facts["doc"],
        enum=facts.get("enum", ""),
    )


def _relation(name: str, facts: Mapping[str, Any]) -> Relation:
    return Relation(
        name=name,
        target=facts["target"],
        is_many=facts.get("many", False),
        inverse=facts.get("inverse"),
        column=facts.get("column"),
        nullable=not facts.get("required", False),
        since=facts.get("since", ""),
    )
