"""JSON schemas of what this mode answers and takes, made from the table of fields."""

from collections.abc import Mapping
from typing import Final

from datagateway_api.core.entities import Field, FieldType
from datagateway_api.core.query.operators import LIST_OPERATORS, OPERATORS
from datagateway_api.releases.entity import FIELDS, LONGEST_NUMBER
from datagateway_api.web.openapi import Json, ref
from datagateway_api.web.openapi_sessions import DATE_SENT

_TEXTS: Final[Json] = {"type": "array", "items": {"type": "string", "minLength": 1}}
_TYPES: Final[Mapping[FieldType, Json]] = {
    FieldType.TEXT: {"type": "string"},
    FieldType.LONG: {"type": "integer", "format": "int64"},
    FieldType.DOUBLE: {"type": "number", "format": "double"},
    FieldType.LIST: _TEXTS,
}
_NUMBER: Final[Json] = {
    "type": "string",
    "pattern": "^[A-Za-z0-9][A-Za-z0-9._:+-]*$",
    "maxLength": LONGEST_NUMBER,
}
_COUNT: Final[Json] = {"type": "integer", "minimum": 0}
_MOMENT: Final[Json] = {"type": "string", "pattern": DATE_SENT}
_OPTIONAL: Final[Json] = {"type": ["string", "null"]}
REFUSED: Final[Json] = {"not": {}}
"""No value is of this schema."""
_NAME: Final[Json] = {"type": "string", "minLength": 1, "maxLength": LONGEST_NUMBER}


def schemas() -> Mapping[str, Json]:
    """Return all schemas by their names."""
    return {
        "Dataset": _dataset(ref("schemas", "Skim"), is_lean=False),
        "LeanDataset": _dataset(ref("schemas", "LeanSkim"), is_lean=True),
        "Skim": _skim(is_lean=False),
        "LeanSkim": _skim(is_lean=True),
        "Selection": {
            "type": "object",
            "description": "Just the fields that `fields` names, and the `dataset_number`.",
            "required": ["dataset_number"],
            "properties": {"dataset_number": _NUMBER},
        },
        "Release": _closed(_release()),
        "WholeRelease": _closed(
            {**_release(), "datasets": {"type": "array", "items": ref("schemas", "Dataset")}}
        ),
        "Upload": _upload(),
        "Where": _where(),
        "Outcome": _closed(
            {"release": _NAME, "created": _COUNT, "updated": _COUNT, "unchanged": _COUNT}
        ),
        "Updated": _closed({"updated": {"const": 1}, "fields": _TEXTS}),
        "UpdatedMany": _closed({"updated": _COUNT, "not_found": _TEXTS}),
        "Count": _closed({"count": _COUNT}),
        "Updates": {
            "type": "object",
            "description": "New values by field; fields of a release's own are taken as well.",
            "minProperties": 1,
            "examples": [{"kFactor": 1.2, "keywords": ["top"]}],
        },
        "Change": _change(),
        "WeightsByTag": {"type": "object", "additionalProperties": _TEXTS},
        "WeightsByNumber": {
            "type": "object",
            "additionalProperties": ref("schemas", "WeightsByTag"),
            "examples": [{"301204": {"e3723": ["nominal", "muR=0.5"]}}],
        },
    }


def _dataset(skim: Json, *, is_lean: bool) -> Json:
    skipped = {"skims", *(["file_list"] if is_lean else [])}
    values = {name: _value(field) for name, field in FIELDS.items() if name not in skipped}
    release = _closed({"name": _NAME})
    found = {**values, "release": release, "skims": {"type": "array", "items": skim}}
    found["dataset_number"] = {**_NUMBER, "description": FIELDS["dataset_number"].doc}
    return {
        "type": "object",
        "description": "One dataset. A release may give its datasets further fields.",
        "required": list(found),
        "properties": found | ({"file_list": REFUSED} if is_lean else {}),
    }


def _value(field: Field) -> Json:
    found = dict(_TYPES[field.type])
    if field.length is not None:
        found["maxLength"] = field.length
    if field.nullable:
        found["type"] = [found["type"], "null"]
    return found | {"description": field.doc}


def _skim(*, is_lean: bool) -> Json:
    files = {} if is_lean else {"file_list": _TEXTS}
    return _closed(
        {
            "id": {"type": "integer", "minimum": 1, "description": "Unique in the release."},
            "skim_type": {"type": "string", "minLength": 1},
            **files,
            "description": _OPTIONAL,
            "dataset_number": _NUMBER,
            "release_name": _NAME,
        }
    )


def _release() -> dict[str, Json]:
    return {
        "id": {"type": "integer", "minimum": 1},
        "name": _NAME,
        "description": _OPTIONAL,
        "doi": _OPTIONAL,
        "state": {"type": "string", "enum": ["draft", "published"]},
        "created_at": _MOMENT,
        "created_by": {"type": "string"},
        "modified_at": _MOMENT,
        "modified_by": {"type": "string"},
        "dataset_count": _COUNT,
    }


def _upload() -> Json:
    text = {"type": "string"}
    return {
        "type": "object",
        "required": ["file"],
        "properties": {
            "file": {
                "type": "string",
                "format": "binary",
                "description": "JSON (a list of datasets, or an object with `datasets`), NDJSON "
                "or CSV; packed by gzip or not.",
            },
            "description": {**text, "description": "What the release is."},
            "doi": {**text, "description": "The DOI of the release."},
        },
    }


def _where() -> Json:
    operators = ", ".join(f"`{op.name}`" for op in (*OPERATORS, *LIST_OPERATORS))
    return {
        "type": "object",
        "description": "Conditions that must all hold: `{field: {operator: operand}}`, with `and` "
        f"and `or` for lists of such objects. The operators are {operators}.",
        "minProperties": 1,
        # Swagger UI fills the first one in, which every dataset meets.
        "examples": [
            {"dataset_number": {"isnull": False}},
            {"keywords": {"contains": "top"}, "cross_section_pb": {"gt": 1}},
        ],
    }


def _change() -> Json:
    return _closed(
        {
            "action": {
                "type": "string",
                "enum": ["create", "upload", "change", "weights", "delete"],
            },
            "dataset_number": _OPTIONAL,
            "field": _OPTIONAL,
            "from": {"description": "The old value."},
            "to": {"description": "The new value, or for an upload the numbers."},
            "forced": {"type": "boolean"},
            "at": _MOMENT,
            "by": {"type": "string"},
        }
    )


def _closed(properties: Mapping[str, Json]) -> Json:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(properties),
        "properties": dict(properties),
    }
