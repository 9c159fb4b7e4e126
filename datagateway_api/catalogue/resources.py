"""The REST resources of the catalogue; those of the entities are generated from the schema."""

from dataclasses import replace
from typing import ClassVar

from flask import Response
from flask_restful import Resource

from datagateway_api.backends.base import Backend
from datagateway_api.catalogue.reader import Reader
from datagateway_api.core.entities import Entity
from datagateway_api.core.query.check import Checker
from datagateway_api.core.query.parse import BY_ID, COUNT, LIST
from datagateway_api.web.api import json_response
from datagateway_api.web.body import json_body
from datagateway_api.web.conditional import tagged, tagged_by_time, unmodified, with_time_tag
from datagateway_api.web.formats import list_response


class EntityResource(Resource):
    """The base of the generated resources: ``entity`` is its ICAT name."""

    entity: ClassVar[str]

    def __init__(self, reader: Reader) -> None:
        """Take the reader, with the backend behind it."""
        self.reader = reader


class Collection(EntityResource):
    """``EXT/{entities}``: the rows of an entity."""

    def get(self) -> Response:
        """Return the rows that the query asks for: an array, or what Accept asks for."""
        caller = self.reader.caller()
        query = self.reader.query(self.entity, LIST, Checker.rows)
        format_ = self.reader.format(query)
        rows = self.reader.backend.list(caller, query)
        response = list_response(rows.body, format_)
        if rows.total is not None:
            response.headers["X-Total-Count"] = str(rows.total)
        return tagged(response) if isinstance(rows.body, bytes) else response

    def post(self) -> Response:
        """Create an object, or a list of them, and return the same."""
        caller = self.reader.caller()
        entity, checker = self.reader.writing(self.entity)
        body = json_body()
        created = self.reader.backend.create(caller, checker.creation(entity, body))
        return json_response(created if isinstance(body, list) else created[1:-1])

    def patch(self) -> Response:
        """Change an object, or a list of them, each with its id, and return a list."""
        caller = self.reader.caller()
        entity, checker = self.reader.writing(self.entity)
        changes = checker.changes(entity, json_body(), unmodified())
        return json_response(self.reader.backend.update(caller, changes))


class Count(EntityResource):
    """``EXT/{entities}/count``: how many rows there are, in all or by groups."""

    def get(self) -> Response:
        """Return a bare number, or with ``group_by`` an array."""
        caller = self.reader.caller()
        query = self.reader.query(self.entity, COUNT, Checker.count)
        if query.group_by:
            return json_response(self.reader.backend.groups(caller, query))
        return json_response(b"%d" % self.reader.backend.count(caller, query))


class FindOne(EntityResource):
    """``EXT/{entities}/findone``: the first row of the list."""

    def get(self) -> Response:
        """Return an object, or 404."""
        caller = self.reader.caller()
        query = self.reader.query(self.entity, LIST, Checker.first)
        return json_response(self.reader.backend.find_one(caller, query))


class Item(EntityResource):
    """``EXT/{entities}/{id}``: one object."""

    def get(self, id_: int) -> Response:
        """Return an object, or 404."""
        caller = self.reader.caller()
        query = self.reader.query(self.entity, BY_ID, Checker.by_id)
        modified = query.entity.fields["modTime"]
        hides_time = bool(query.fields) and modified not in query.fields
        if hides_time:
            query = replace(query, fields=(*query.fields, modified))
        response = json_response(self.reader.backend.get(caller, query, id_))
        return tagged_by_time(response, hides_time=hides_time)

    def patch(self, id_: int) -> Response:
        """Change the object and return it, with its new tag."""
        caller = self.reader.caller()
        entity, checker = self.reader.writing(self.entity)
        change = checker.change(entity, id_, json_body(), unmodified())
        changed = json_response(self.reader.backend.update(caller, (change,))[1:-1])
        return with_time_tag(changed)

    def delete(self, id_: int) -> Response:
        """Delete the object and all that depends on it."""
        caller = self.reader.caller()
        entity, _ = self.reader.writing(self.entity)
        self.reader.backend.delete(caller, entity, id_, unmodified())
        return json_response(b"", 204)


def generate(entity: Entity) -> tuple[tuple[type[EntityResource], str], ...]:
    """Return an entity's resources, each with its address below the extension."""
    address = f"/{entity.endpoint}"
    return (
        (_named(entity, Collection), address),
        (_named(entity, Count), f"{address}/count"),
        (_named(entity, FindOne), f"{address}/findone"),
        (_named(entity, Item), f"{address}/<int64:id_>"),
    )


def _named(entity: Entity, base: type[EntityResource]) -> type[EntityResource]:
    return type(f"{entity.name}{base.__name__}", (base,), {"entity": entity.name})


class Ping(Resource):
    """``EXT/ping``: whether the catalogue answers."""

    def __init__(self, backend: Backend) -> None:
        """Take the backend."""
        self.backend = backend

    def get(self) -> Response:
        """Return a greeting when the backend answers, else its error."""
        self.backend.ping()
        return json_response(b'"DataGateway API OK"')
