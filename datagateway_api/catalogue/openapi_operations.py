"""What every method of an entity's resources takes and answers, in OpenAPI: one row a method."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from datagateway_api.catalogue.openapi_parameters import Parameters
from datagateway_api.catalogue.openapi_schemas import (
    REFUSED,
    creation,
    example_body,
    example_changes,
)
from datagateway_api.catalogue.resources import (
    Collection,
    Count,
    EntityResource,
    FindOne,
    Item,
)
from datagateway_api.core.entities import Entity
from datagateway_api.core.query.parse import BY_ID, LIST
from datagateway_api.web.openapi import (
    FAILURES,
    Json,
    content,
    failures,
    ref,
    success,
    tables,
    unchanged,
)

Make: TypeAlias = Callable[[Entity], Json]

READING: Final = (400, 401, 403, *FAILURES)
WRITING: Final = (*READING, 412, 413, 415)

ID: Final[Json] = {
    "name": "id",
    "in": "path",
    "description": "The id of the object.",
    "schema": ref("schemas", "Id"),
    "example": 1,
}

IF_NONE_MATCH: Final[Json] = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The `ETag` of an answer that the client has: where it is still right, 304.",
    "schema": {"type": "string", "examples": ['"5f0c6e2a9d3b48715f0c"']},
}

IF_MATCH: Final[Json] = {
    "name": "If-Match",
    "in": "header",
    "description": "The `ETag` of each object as the client saw it; where one was changed since, "
    "nothing is done and the answer is 412. Only the part before the dash counts, which is the "
    "object's `modTime`. `*` stands for any.",
    "schema": {"type": "string", "examples": ["*"]},
}


@dataclass(frozen=True, slots=True)
class Row:
    """One method. In ``name`` and ``summary``, {} stands for the entity and its endpoint."""

    name: str
    summary: str
    failures: tuple[int, ...]
    answer: Make | None = None
    headers: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    body: Make | None = None
    is_list: bool = False

    def operation(self, entity: Entity, parameters: Parameters) -> Json:
        """Return the operation for an entity."""
        found: Json = {
            "tags": [entity.name],
            "operationId": self.name.format(entity.name),
            "summary": self.summary.format(entity.endpoint),
            "parameters": parameters.names(entity, self.parameters),
        }
        if self.body is not None:
            found["requestBody"] = {"required": True, "content": self.body(entity)}
        if self.answer is None:
            answer = {"204": success("Done.")}
        else:
            answer = {"200": success("Done.", self.answer(entity), self.headers)}
        if self.is_list:
            answer["200"]["content"] |= tables()
        if "If-None-Match" in self.parameters:
            answer |= unchanged() | failures(412)
        return found | {"responses": answer | failures(*self.failures)}


def _schema(entity: Entity) -> Json:
    return ref("schemas", entity.name)


def _selected(entity: Entity) -> Json:
    """An object: whole, or with ``fields`` or ``distinct`` a part of it."""
    return {"anyOf": [_schema(entity), ref("schemas", "Selection")]}


def _array(items: Json) -> Json:
    return {"type": "array", "items": items}


def _count(entity: Entity) -> Json:
    return {"anyOf": [{"type": "integer", "minimum": 0}, _array(ref("schemas", "Group"))]}


def _one_or_more(schema: Json) -> Json:
    return {"oneOf": [schema, _array(schema)]}


def _creations(entity: Entity) -> Json:
    return content(_one_or_more(creation(entity)), example=example_body(entity))


def _changes(entity: Entity) -> Json:
    change = ref("schemas", f"{entity.name}Update") | {"required": ["id"]}
    return content(_one_or_more(change), example={"id": 1, **example_changes(entity)})


def _change(entity: Entity) -> Json:
    change = ref("schemas", f"{entity.name}Update") | {"properties": {"id": REFUSED}}
    return content(change, example=example_changes(entity))


OPERATIONS: Final[Mapping[tuple[type[EntityResource], str], Row]] = {
    (Collection, "GET"): Row(
        "list{}",
        "List {}: all, or those that the query asks for",
        READING,
        answer=lambda entity: _array(_selected(entity)),
        headers=("X-Total-Count", "ETag"),
        parameters=(*LIST, "If-None-Match"),
        is_list=True,
    ),
    (Collection, "POST"): Row(
        "create{}",
        "Create one or several {}: all or none",
        (*READING, 413, 415),
        answer=lambda entity: _one_or_more(_schema(entity)),
        body=_creations,
    ),
    (Collection, "PATCH"): Row(
        "updateEach{}",
        "Change one or several {}, each named by its id: all or none",
        (*WRITING, 404),
        answer=lambda entity: _array(_schema(entity)),
        parameters=("If-Match",),
        body=_changes,
    ),
    (Count, "GET"): Row(
        "count{}",
        "Count {}, with group_by for each value; the list's other parameters are ignored",
        READING,
        answer=_count,
        parameters=("where", "distinct", "group_by"),
    ),
    (FindOne, "GET"): Row(
        "findOne{}", "Get the first of {}", (*READING, 404), answer=_selected, parameters=LIST
    ),
    (Item, "GET"): Row(
        "get{}",
        "Get one of {} by its id",
        (*READING, 404),
        answer=_selected,
        headers=("ETag",),
        parameters=("id", *BY_ID, "If-None-Match"),
    ),
    (Item, "PATCH"): Row(
        "update{}",
        "Change one of {}",
        (*WRITING, 404),
        answer=_schema,
        headers=("ETag",),
        parameters=("id", "If-Match"),
        body=_change,
    ),
    (Item, "DELETE"): Row(
        "delete{}",
        "Delete one of {}, with all that depends on it",
        (*READING, 404, 412),
        parameters=("id", "If-Match"),
    ),
}
