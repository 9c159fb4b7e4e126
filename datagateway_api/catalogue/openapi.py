"""The OpenAPI document of the catalogue, made from the schema of the catalogue it serves."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

import orjson
from apispec import APISpec
from flask_restful import Resource

from datagateway_api.backends.base import Backend
from datagateway_api.catalogue import openapi_schemas
from datagateway_api.catalogue.openapi_operations import ID, IF_MATCH, IF_NONE_MATCH, OPERATIONS
from datagateway_api.catalogue.openapi_parameters import Parameters
from datagateway_api.catalogue.openapi_sessions import plain_operations
from datagateway_api.catalogue.reader import checker_for
from datagateway_api.catalogue.resources import Ping, generate
from datagateway_api.catalogue.settings import CatalogueSection
from datagateway_api.core.entities import Entity, Schema
from datagateway_api.web import docs_ui
from datagateway_api.web.openapi import Json, new_document, rendered
from datagateway_api.web.sessions import Sessions

TITLE: Final = "DataGateway API"
METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
MOST_KEPT: Final = 4

ABOUT: Final = """\
Every object of an [ICAT](https://icatproject.org) catalogue, over HTTP and JSON.

To try it here: log in with `POST /sessions` below, copy the `sessionID` of the answer, press
**Authorize** and paste it; then open an entity and ask.

Dates are UTC. Related objects are there when `include` names them. Capitals in addresses and in
the names of parameters and paths do not matter. For `order`, `include`, `distinct`, `fields` and
`group_by` JSON is accepted as well: `["name","title"]`, for `include` also
`{"datasets":"type"}`. Lists come as CSV or NDJSON where the header `Accept` asks for it.
"""


class Document:
    """The document of one catalogue, as bytes: made once for each schema and place."""

    def __init__(self, backend: Backend, section: CatalogueSection) -> None:
        """Take the backend and the mode's section, without connecting."""
        self._backend = backend
        self._section = section
        self._made = lru_cache(maxsize=MOST_KEPT)(self._make)

    def __call__(self, base: str) -> bytes:
        """Return the document for a catalogue that answers below ``base``, such as ``/icat``.

        Raises BackendUnavailable when the catalogue cannot be asked for its schema.
        """
        return self._made(self._backend.schema(), base)

    def _make(self, schema: Schema, base: str) -> bytes:
        return orjson.dumps(rendered(describe(schema, self._section, base)))


def describe(schema: Schema, section: CatalogueSection, base: str) -> APISpec:
    """Return the document of a catalogue with this schema."""
    document = new_document(TITLE, ABOUT, base)
    parameters = Parameters(checker_for(schema, section))
    _add_plain(document, section)
    _add_shared(document, parameters)
    for entity in schema.entities.values():
        _add_entity(document, schema, entity, parameters)
    return document


def _add_plain(document: APISpec, section: CatalogueSection) -> None:
    """Add the addresses that belong to no entity."""
    document.tag({"name": "Sessions", "description": "Log in, extend the session, log out"})
    document.tag({"name": "Service", "description": "The service itself"})
    operations = plain_operations(allows_anon=section.mechanisms.anon)
    for resource, address in ((Sessions, "/sessions"), (Ping, "/ping")):
        document.path(address, operations=_of_methods(resource, operations[resource]))
    docs_ui.describe(document, "Service")


def _add_shared(document: APISpec, parameters: Parameters) -> None:
    """Add the components that belong to no entity."""
    for name, schema in openapi_schemas.shared().items():
        document.components.schema(name, schema)
    document.components.parameter("id", "path", ID)
    document.components.parameter("If-None-Match", "header", IF_NONE_MATCH)
    document.components.parameter("If-Match", "header", IF_MATCH)
    for name, parameter in parameters.shared():
        document.components.parameter(name, "query", parameter)


def _add_entity(document: APISpec, schema: Schema, entity: Entity, parameters: Parameters) -> None:
    """Add an entity's addresses, with the schemas and parameters that they refer to."""
    document.tag({"name": entity.name, "description": entity.doc})
    document.components.schema(entity.name, openapi_schemas.read(entity))
    document.components.schema(f"{entity.name}Create", openapi_schemas.create(entity, schema))
    document.components.schema(f"{entity.name}Update", openapi_schemas.update(entity))
    for name, parameter in parameters.of(entity):
        document.components.parameter(name, "query", parameter)
    for resource, address in generate(entity):
        base = resource.__base__
        rows = {method: row for (kind, method), row in OPERATIONS.items() if kind is base}
        operations = {method: row.operation(entity, parameters) for method, row in rows.items()}
        path = address.replace("<int64:id_>", "{id}")
        document.path(path, operations=_of_methods(resource, operations))


def _of_methods(resource: type[Resource], operations: Mapping[str, Json]) -> Json:
    """Return the operations of just the methods that a resource has, in a fixed order."""
    has = resource.methods
    return {method.lower(): operations[method] for method in METHODS if method in has}
