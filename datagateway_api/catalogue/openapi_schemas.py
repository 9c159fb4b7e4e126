"""JSON schemas of what the catalogue sends and takes, made from the schema of the catalogue."""

from collections.abc import Mapping
from typing import Final

from datagateway_api.core.entities import Entity, Field, FieldType, Relation, Schema
from datagateway_api.core.query.operators import OPERATORS, OperandKind
from datagateway_api.core.writing.check import ASSIGNED
from datagateway_api.web.openapi import Json, ref
from datagateway_api.web.openapi_sessions import DATE_SENT

LARGEST_ID: Final = 2**63 - 1
REFUSED: Final[Json] = {"not": {}}
"""No value is of this schema. (apispec takes a plain ``false`` for a name.)"""
DATE_TAKEN: Final = r"^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?( ?(Z|[+-]\d\d:\d\d))?)?$"

_TYPES: Final[Mapping[FieldType, Json]] = {
    FieldType.TEXT: {"type": "string"},
    FieldType.LONG: {"type": "integer", "format": "int64"},
    FieldType.INTEGER: {"type": "integer", "format": "int32"},
    FieldType.DOUBLE: {"type": "number", "format": "double"},
    FieldType.FLAG: {"type": "boolean"},
    FieldType.DATE: {"type": "string", "pattern": DATE_SENT},
    FieldType.ENUM: {"type": "string"},
    FieldType.LIST: {"type": "array", "items": {"type": "string"}},
}
_EXAMPLES: Final[Mapping[FieldType, object]] = {
    FieldType.LONG: 1,
    FieldType.INTEGER: 1,
    FieldType.DOUBLE: 1.5,
    FieldType.FLAG: True,
    FieldType.DATE: "2000-04-03 00:00:00+00:00",
}
_RULED: Final[Mapping[tuple[str, str], str]] = {
    ("PublicStep", "origin"): "Investigation",
    ("PublicStep", "field"): "datasets",
    ("Rule", "crudFlags"): "R",
    ("Rule", "what"): "Investigation",
}
"""Texts that ICAT checks against its own rules, by entity and attribute."""

_ID: Final[Json] = {"type": "integer", "format": "int64", "minimum": 1, "maximum": LARGEST_ID}
_VALUE: Final[Json] = {"type": ["string", "number", "boolean"]}
_OPERANDS: Final[Mapping[OperandKind, Json]] = {
    OperandKind.VALUE: {"type": [*_VALUE["type"], "null"]},
    OperandKind.PATTERN: _VALUE,
    OperandKind.LIST: {"type": "array", "items": _VALUE},
    OperandKind.PAIR: {"type": "array", "items": _VALUE, "minItems": 2, "maxItems": 2},
    OperandKind.FLAG: {"type": ["boolean", "string", "integer"]},
}


def shared() -> Mapping[str, Json]:
    """Return the schemas, by their names, that all entities use."""
    return {
        "Where": _where(),
        "Condition": _condition(),
        "Selection": {
            "type": "object",
            "description": "Just the attributes that `fields` or `distinct` name; the paths of "
            "`distinct` are nested as objects.",
            "examples": [{"name": "name 1"}],
        },
        "Group": {
            "type": "object",
            "description": "The values that `group_by` names, nested, and how many rows have them.",
            "required": ["count"],
            "properties": {"count": {"type": "integer", "minimum": 1}},
            "examples": [{"type": {"id": 1}, "count": 36}],
        },
        "Id": _ID,
        "Reference": {
            "description": "An object that exists, by its id.",
            "anyOf": [_ID, _object({"id": _ID}, ["id"])],
        },
    }


def read(entity: Entity) -> Json:
    """Return the schema of an entity's object as it is sent; ``include`` brings relations."""
    attributes = {field.name: _sent(field) for field in entity.fields.values()}
    relations = {relation.name: _related(relation) for relation in entity.relations.values()}
    examples = [{field.name: example(entity, field) for field in entity.fields.values()}]
    schema = _object(attributes | relations, list(attributes))
    return {"description": entity.doc, **schema, "examples": examples}


def create(entity: Entity, schema: Schema) -> Json:
    """Return the schema of an object to be created, save for the relations it must have.

    ``creation`` adds those, as they depend on where the object stands in the body.
    """
    fields = _writable(entity)
    attributes = {field.name: _taken(field) for field in fields}
    children = {
        relation.name: {"type": "array", "items": creation(schema.target(relation), relation)}
        for relation in entity.relations.values()
        if relation.is_many
    }
    needed = [field.name for field in fields if _is_needed(field)]
    return {
        "description": f"{entity.doc}. To be created; lists of related objects are created with it",
        **_object(attributes | _keys(entity) | children, needed),
    }


def creation(entity: Entity, owner: Relation | None = None) -> Json:
    """Return the schema of an object to be created by itself, or through its owner's relation."""
    found: Json = ref("schemas", f"{entity.name}Create")
    implied = owner.inverse if owner is not None else None
    needed = [r.name for r in entity.to_one if not r.nullable and r.name != implied]
    if needed:
        found["allOf"] = [
            {"oneOf": [{"required": [name]}, {"required": [f"{name}ID"]}]} for name in needed
        ]
    if implied is not None:
        found["properties"] = {implied: REFUSED, f"{implied}ID": REFUSED}
    return found


def update(entity: Entity) -> Json:
    """Return the schema of changes to an object; whether ``id`` is in it depends on the address."""
    attributes = {field.name: _taken(field) for field in _writable(entity)}
    return {
        "description": f"Changes to an object. {entity.doc}",
        **_object({"id": ref("schemas", "Id")} | attributes | _keys(entity), []),
    }


def example(entity: Entity, field: Field) -> object:
    """Return a value that an attribute of an entity can have."""
    if field.type is FieldType.ENUM:
        return field.choices[0]
    text = _RULED.get((entity.name, field.name), f"{field.name} 1")
    return _EXAMPLES.get(field.type, text[: field.length])


def example_body(entity: Entity) -> Json:
    """Return the least that creating an object takes; related objects have the id 1."""
    body: Json = {f.name: example(entity, f) for f in _writable(entity) if _is_needed(f)}
    return body | {r.name: 1 for r in entity.to_one if not r.nullable}


def example_changes(entity: Entity) -> Json:
    """Return one change to an object."""
    fields = _writable(entity)
    if fields:
        return {fields[0].name: example(entity, fields[0])}
    return {entity.to_one[0].name: 1}


def _object(properties: Mapping[str, Json], required: list[str]) -> Json:
    found: Json = {"type": "object", "additionalProperties": False, "properties": dict(properties)}
    return found | {"required": required} if required else found


def _writable(entity: Entity) -> list[Field]:
    return [field for field in entity.fields.values() if field.name not in ASSIGNED]


def _is_needed(field: Field) -> bool:
    return not field.nullable and field.default is None


def _sent(field: Field) -> Json:
    found = dict(_TYPES[field.type])
    if field.length is not None:
        found["maxLength"] = field.length
    if field.choices:
        found["enum"] = [*field.choices, None] if field.nullable else list(field.choices)
    if field.nullable:
        found["type"] = [found["type"], "null"]
    return found | {"description": field.doc} if field.doc else found


def _taken(field: Field) -> Json:
    found = _sent(field)
    return found | {"pattern": DATE_TAKEN} if field.type is FieldType.DATE else found


def _related(relation: Relation) -> Json:
    target = ref("schemas", relation.target)
    if relation.is_many:
        return {"type": "array", "items": target}
    return {"anyOf": [target, {"type": "null"}]} if relation.nullable else target


def _keys(entity: Entity) -> dict[str, Json]:
    """The ways to name the related object of a to-one relation."""
    found: dict[str, Json] = {}
    for relation in entity.to_one:
        for name, kind in ((relation.name, "Reference"), (f"{relation.name}ID", "Id")):
            key = ref("schemas", kind)
            found[name] = {"anyOf": [key, {"type": "null"}]} if relation.nullable else key
    return found


def _where() -> Json:
    several = {"type": "array", "items": ref("schemas", "Where"), "minItems": 1}
    return {
        "type": "object",
        "description": "Conditions that must all hold. A key is a path, such as `name` or "
        "`type.name`; its value is a Condition, or a plain value that it must equal.",
        "minProperties": 1,
        "properties": {"and": several, "or": several},
        "additionalProperties": {
            "anyOf": [
                ref("schemas", "Condition"),
                ref("schemas", "Where"),
                _OPERANDS[OperandKind.VALUE],
            ]
        },
        "examples": [{"id": {"gt": 0}}],
    }


def _condition() -> Json:
    operators = {
        name: _OPERANDS[operator.operand] | {"description": operator.help}
        for operator in OPERATORS
        for name in (operator.name, *operator.aliases)
    }
    return {
        "description": "Operators with their operands, which must all hold.",
        **_object(operators, []),
        "minProperties": 1,
    }
