"""The schemas of the search API's OpenAPI document, made from the PaNOSC model."""

from collections.abc import Iterator, Mapping
from typing import Final

from datagateway_api.search.panosc import ENTITIES, ROOTS, Attribute, Kind, PanoscEntity
from datagateway_api.web.openapi import Json, ref

_TYPES: Final[Mapping[Kind, Json]] = {
    Kind.TEXT: {"type": ["string", "null"]},
    Kind.WHOLE: {"type": ["integer", "null"]},
    Kind.DATE: {
        "type": ["string", "null"],
        "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$",
        "examples": ["2020-05-05T15:01:02.341Z"],
    },
    Kind.FLAG: {"const": True},
    Kind.VALUE: {"type": ["number", "string", "null"]},
    Kind.TEXTS: {"type": "array", "items": {"type": "string"}},
}
SCORE: Final[Json] = {
    "type": "number",
    "minimum": 0,
    "maximum": 1,
    "description": "How well the object answers `query`; only in lists.",
}


def schemas() -> Iterator[tuple[str, Json]]:
    """Yield each schema with its name."""
    for entity in ENTITIES.values():
        yield entity.name, _object(entity)
    yield "Count", _whole({"count": {"type": "integer", "minimum": 0}})
    yield "Status", _status()
    yield "Error", _error()


def _object(entity: PanoscEntity) -> Json:
    """An object: its attributes, all of them unless `fields` asks for some; relations if asked."""
    properties = {name: _attribute(each) for name, each in entity.attributes.items()}
    for name, relation in entity.relations.items():
        target = ref("schemas", relation.target)
        if relation.is_many:
            properties[name] = {"type": "array", "items": target}
        else:
            properties[name] = {"anyOf": [target, {"type": "null"}]}
    if entity.name in ROOTS.values():
        properties["score"] = SCORE
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _attribute(attribute: Attribute) -> Json:
    found = dict(_TYPES[attribute.kind])
    return {**found, "description": attribute.doc} if attribute.doc else found


def _whole(properties: Json) -> Json:
    """An object that always has all of its properties, and no others."""
    return {
        "type": "object",
        "required": [*properties],
        "properties": properties,
        "additionalProperties": False,
    }


def _status() -> Json:
    scoring = _whole({"enabled": {"type": "boolean"}, "reachable": {"type": "boolean"}})
    return _whole(
        {
            "started": {"type": "string", "description": "When the server process started."},
            "uptime": {"type": "number", "minimum": 0, "description": "Seconds since then."},
            "version": {"type": "string"},
            "facility": {"type": ["string", "null"]},
            "scoring": scoring,
        }
    )


def _error() -> Json:
    inner = _whole(
        {
            "statusCode": {"type": "integer", "minimum": 400, "maximum": 599},
            "name": {"type": "string"},
            "message": {"type": "string", "minLength": 1},
        }
    )
    inner["properties"]["code"] = {"const": "MODEL_NOT_FOUND"}
    return _whole({"error": inner})
