"""The folders of the catalogue mode: every kind of request for every entity, in a working order.

Run from top to bottom they work on any catalogue, again and again: each entity's folder creates
what the folders below it need, and changes and deletes nothing but what it created itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from datagateway_api.catalogue.openapi import describe
from datagateway_api.catalogue.openapi_schemas import example_body
from datagateway_api.catalogue.settings import CatalogueSection
from datagateway_api.core import icat_schema
from datagateway_api.core.entities import Entity, FieldType, Schema
from datagateway_api.settings.models import Mechanisms
from datagateway_api.web.openapi import rendered
from util.postman.request import Document, Request, dumped

NAME: Final = "Catalogue (datagateway_api)"
BASE: Final = "catalogue"
SESSION: Final = "session"
_GUID: Final = "{{$guid}}"
_RULED: Final[Mapping[str, Mapping[str, object]]] = {
    "ParameterType": {
        f"applicableTo{name}": True
        for name in ("DataCollection", "Datafile", "Dataset", "Investigation", "Sample")
    },
    "PublicStep": {"origin": "Instrument", "field": "instrumentScientists"},
}
"""What bodies have besides the least that is mandatory, or in place of it."""


def document() -> Document:
    """Return the document of a catalogue of the newest ICAT into which anybody may log in."""
    section = CatalogueSection(
        extension="/",
        backend="db",
        db_url="sqlite:///catalogue.db",
        mechanisms=Mechanisms(anon=True),
    )
    return Document(rendered(describe(icat_schema.load(), section, "")))


def variables() -> Mapping[str, str]:
    """Return the variables of these folders, with what they hold at first."""
    found = {BASE: "", SESSION: "", "username": "demo", "password": ""}
    for entity in icat_schema.load().entities.values():
        found |= {_kept(entity): "1", _new(entity): ""}
    return found


def folders() -> Iterator[tuple[str, list[Request]]]:
    """Yield the folders with their requests."""
    described = document()
    yield "Sessions", list(_sessions(described))
    rest = described.operations("Service")
    yield "Service", [described.request(method, path) for method, path in rest]
    schema = icat_schema.load()
    for entity in _in_order(schema):
        yield entity.name, list(_requests(described, entity))


def _sessions(described: Document) -> Iterator[Request]:
    """Log in, look, extend, log out; the last one opens the session that all others use."""
    login = replace(described.request("post", "/sessions"), saves={SESSION: "sessionID"})
    user = {"username": "{{username}}", "password": "{{password}}", "mechanism": "simple"}
    yield replace(login, name="Log in as a user", body=dumped(user))
    for method in ("get", "put", "delete"):
        yield described.request(method, "/sessions")
    yield replace(login, name="Log in as anybody")


def _requests(described: Document, entity: Entity) -> Iterator[Request]:
    rows, one = f"/{entity.endpoint}", f"/{entity.endpoint}/{{id}}"
    new, kept = f"/{entity.endpoint}/{{{{{_new(entity)}}}}}", f"{{{{{_kept(entity)}}}}}"
    create, body = described.request("post", rows), _body(entity)
    yield described.request("get", rows, ("limit",))
    yield described.request("get", f"{rows}/count")
    create = replace(create, name=f"Create one of {entity.endpoint}", body=dumped(body))
    yield replace(create, saves={_new(entity): "id"})
    changes = _changes(described, entity)
    yield replace(described.request("patch", one), path=new, body=dumped(changes))
    listed = [{"id": f"{{{{{_new(entity)}}}}}", **changes}]
    yield replace(described.request("patch", rows), body=dumped(listed))
    yield replace(described.request("delete", one), path=new)
    if _can_repeat(entity):
        several = [body, body] if _GUID in dumped(body) or not entity.unique else [body]
        name = f"Create several {entity.endpoint}: all or none"
        yield replace(create, name=name, body=dumped(several), saves={_kept(entity): "[0].id"})
    yield replace(described.request("get", one), path=f"{rows}/{kept}")
    yield described.request("get", f"{rows}/findone")


def _changes(described: Document, entity: Entity) -> Mapping[str, object]:
    if entity.name in _RULED:
        return _RULED[entity.name]
    operation = described.body["paths"][f"/{entity.endpoint}/{{id}}"]["patch"]
    found: dict[str, object] = operation["requestBody"]["content"]["application/json"]["example"]
    return found


def _body(entity: Entity) -> dict[str, object]:
    """Return the least body, with a name that is new each time where a unique key has one."""
    body = {**example_body(entity), **_RULED.get(entity.name, {})}
    for relation in entity.to_one:
        if relation.name in body:
            target = icat_schema.load().target(relation)
            body[relation.name] = f"{{{{{_kept(target)}}}}}"
    for name in entity.unique:
        field = entity.fields.get(name)
        if field and field.type is FieldType.TEXT and name in body and entity.name not in _RULED:
            body[name] = f"{name} {_GUID}"
            break
    return body


def _can_repeat(entity: Entity) -> bool:
    """Say whether such an object can be created again: its key has something new in it."""
    has_relation = any(name in entity.relations for name in entity.unique)
    return not entity.unique or has_relation or _GUID in dumped(_body(entity))


def _in_order(schema: Schema) -> Iterator[Entity]:
    """Yield the entities, each one after those that it must be related to."""
    waiting = dict(schema.entities)
    while waiting:
        ready = [
            entity
            for entity in waiting.values()
            if not any(r.target in waiting for r in entity.to_one if not r.nullable)
        ]
        for entity in ready:
            yield waiting.pop(entity.name)


def _kept(entity: Entity) -> str:
    return f"{entity.name[0].lower()}{entity.name[1:]}Id"


def _new(entity: Entity) -> str:
    return f"new{entity.name}Id"
