"""JSON schemas of the catalogue API's answers, built from ICAT's schema."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, TypeAlias

from jsonschema import Draft202012Validator

from datagateway_api.core import icat_schema
from datagateway_api.core.entities import Entity, Field, FieldType
from datagateway_api.core.query.model import Include, Path

JsonSchema: TypeAlias = dict[str, Any]

DATE = r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{6})?\+00:00$"
SESSION_ID = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
CODES: Mapping[str, tuple[int, ...]] = {
    "bad_filter": (400,),
    "bad_request": (400,),
    "already_exists": (400,),
    "no_credentials": (401,),
    "session_invalid": (403,),
    "forbidden": (403,),
    "not_found": (404,),
    "method_not_allowed": (405,),
    "precondition_failed": (412,),
    "conflict": (409,),
    "too_large": (413, 414),
    "unprocessable": (422,),
    "unsupported_media_type": (415,),
    "internal": (500,),
    "backend_error": (502,),
    "backend_unavailable": (503, 504),
}
_TYPES: Mapping[FieldType, JsonSchema] = {
    FieldType.TEXT: {"type": "string"},
    FieldType.LONG: {"type": "integer", "minimum": -(2**63), "maximum": 2**63 - 1},
    FieldType.INTEGER: {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1},
    FieldType.DOUBLE: {"type": "number"},
    FieldType.FLAG: {"type": "boolean"},
    FieldType.DATE: {"type": "string", "pattern": DATE},
}


def attribute(field: Field, *, may_be_absent: bool = False) -> JsonSchema:
    """Return the schema of one attribute's value."""
    shape = {"enum": list(field.choices)} if field.type is FieldType.ENUM else _TYPES[field.type]
    if field.nullable or may_be_absent:
        return {"anyOf": [shape, {"type": "null"}]}
    return shape


def row(
    entity: Entity, include: Iterable[Include] = (), fields: Iterable[Field] = ()
) -> JsonSchema:
    """Return the schema of one object: its attributes, and just the relations included."""
    names = {field.name for field in fields}
    shapes = {
        name: attribute(field)
        for name, field in entity.fields.items()
        if not names or name == "id" or name in names
    }
    return closed(shapes | {each.relation.name: related(each) for each in include})


def related(include: Include) -> JsonSchema:
    """Return the schema of an included relation: an object or null, or an array."""
    target = row(icat_schema.load().target(include.relation), include.children)
    if include.relation.is_many:
        return array(target)
    return {"anyOf": [target, {"type": "null"}]} if include.relation.nullable else target


def chosen(paths: Iterable[Path], *, may_be_absent: bool = False, **more: JsonSchema) -> JsonSchema:
    """Return the schema of an object that nests dotted paths."""
    tree: dict[str, Any] = {}
    for path in paths:
        level = tree
        for name in path.names[:-1]:
            level = level.setdefault(name, {})
        level[path.names[-1]] = path.field
    return closed({**_nested(tree, may_be_absent), **more})


def _nested(tree: Mapping[str, Any], may_be_absent: bool) -> JsonSchema:
    return {
        name: attribute(value, may_be_absent=may_be_absent)
        if isinstance(value, Field)
        else closed(_nested(value, may_be_absent))
        for name, value in tree.items()
    }


def array(items: JsonSchema) -> JsonSchema:
    """Return the schema of an array."""
    return {"type": "array", "items": items}


def closed(shapes: Mapping[str, JsonSchema], optional: Iterable[str] = ()) -> JsonSchema:
    """Return the schema of an object with these keys and no others."""
    return {
        "type": "object",
        "properties": dict(shapes),
        "required": [name for name in shapes if name not in optional],
        "additionalProperties": False,
    }


COUNT: JsonSchema = {"type": "integer", "minimum": 0}
PING: JsonSchema = {"type": "string", "minLength": 1}
LOGIN = closed({"sessionID": {"type": "string", "pattern": SESSION_ID}})
REFRESHED: JsonSchema = {"type": "string", "minLength": 1}
SESSION = closed(
    {
        "id": {"type": "string", "minLength": 1},
        "expireDateTime": {"type": "string", "pattern": DATE},
        "username": {"type": "string", "pattern": "^[a-z]+/."},
    }
)


@cache
def error(status: int) -> Draft202012Validator:
    """Return the validator of an error's body."""
    text = {"type": "string", "minLength": 1}
    codes = [code for code, statuses in CODES.items() if status in statuses]
    return Draft202012Validator(
        closed(
            {
                "message": text,
                "code": {"enum": codes},
                "status": {"const": status},
                "details": array({"type": "object"}),
                "requestId": text,
            },
            optional=["details"],
        )
    )
