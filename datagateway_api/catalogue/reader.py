"""What every reading request of the catalogue does: authenticate, then parse and check."""

from collections.abc import Callable
from functools import lru_cache
from threading import Lock
from typing import TypeAlias

from flask import request

from datagateway_api.backends.base import Backend, Caller
from datagateway_api.catalogue.settings import CatalogueSection
from datagateway_api.core.entities import Entity, Schema
from datagateway_api.core.errors import Forbidden, NotFound
from datagateway_api.core.query.check import Checker
from datagateway_api.core.query.columns import columns
from datagateway_api.core.query.model import Asked, Query
from datagateway_api.core.query.parse import parse
from datagateway_api.core.writing.check import BodyChecker
from datagateway_api.web.access_log import name_user
from datagateway_api.web.auth import session_id
from datagateway_api.web.formats import CSV, NDJSON, Format, lines, table, wanted_kind

MOST_QUERIES = 1000

Check: TypeAlias = Callable[[Checker, Entity, Asked], Query]


class Reader:
    """Turns requests into checked queries. A query string met before is not read again."""

    def __init__(self, backend: Backend, section: CatalogueSection) -> None:
        """Take the backend and the mode's section, without connecting."""
        self.backend = backend
        self._section = section
        self._lock = Lock()
        self._checker: tuple[Schema, Checker] | None = None
        self._checked = lru_cache(maxsize=MOST_QUERIES)(self._check)

    def caller(self) -> Caller:
        """Return whose session the request carries. Raises NoCredentials or SessionInvalid."""
        caller = self.backend.authenticate(session_id())
        name_user(caller.user_name)
        return caller

    def query(self, entity_name: str, known: tuple[str, ...], check: Check) -> Query:
        """Return the request's query, checked.

        Raises NotFound when the catalogue has no such entity, BadFilter for a bad query.
        """
        return self._checked(
            entity_name, known, check, request.environ.get("QUERY_STRING", "").encode("latin-1")
        )

    def format(self, query: Query) -> Format | None:
        """Return the format in which the request wants its list, None for JSON.

        Raises BadFilter when the list does not fit into a table.
        """
        kind = wanted_kind()
        if kind == CSV:
            return table(columns(query, self.backend.schema()))
        return lines() if kind == NDJSON else None

    def writing(self, entity_name: str) -> tuple[Entity, BodyChecker]:
        """Return an entity to write to and what checks bodies for it.

        Raises Forbidden when the catalogue is read-only, NotFound when it has no such entity.
        """
        if self._section.read_only:
            raise Forbidden("this catalogue is read-only here (read_only)")
        schema = self.backend.schema()
        return _entity(schema, entity_name), BodyChecker(schema)

    def _check(
        self, entity_name: str, known: tuple[str, ...], check: Check, query_string: bytes
    ) -> Query:
        checker = self._current_checker()
        entity = _entity(checker.names.schema, entity_name)
        return check(checker, entity, parse(query_string, known))

    def _current_checker(self) -> Checker:
        schema = self.backend.schema()
        with self._lock:
            if self._checker is None or self._checker[0] is not schema:
                self._checker = (schema, checker_for(schema, self._section))
            return self._checker[1]


def checker_for(schema: Schema, section: CatalogueSection) -> Checker:
    """Return what checks queries against a schema, within the limits of the section."""
    return Checker(
        schema,
        max_limit=section.max_limit,
        max_depth=section.max_path_depth,
        max_includes=section.max_includes,
        undoubles=section.undouble_apostrophes,
    )


def _entity(schema: Schema, name: str) -> Entity:
    entity = schema.entities.get(name)
    if entity is None:
        raise NotFound(f"this catalogue has no {name}: its ICAT release predates it")
    return entity
