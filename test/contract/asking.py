"""Asking a backend in the words of the query language, without HTTP."""

import json
from collections.abc import Iterable
from typing import Any

from werkzeug.test import TestResponse

from datagateway_api.backends.base import Backend, Caller, Credentials, Rows
from datagateway_api.core.entities import Entity
from datagateway_api.core.query.check import Checker
from datagateway_api.core.query.model import Asked, Query

EVERYTHING = Asked()


def where(*conditions: object) -> Asked:
    """Return what a request with nothing but these conditions asks."""
    return Asked(where=conditions)


def body(answer: TestResponse) -> Any:
    """Return the JSON of an answer over HTTP."""
    return json.loads(answer.data)


class Asking:
    """Somebody logged in, who asks one backend and reads its JSON."""

    def __init__(self, backend: Backend, *, undoubles: bool = False) -> None:
        """Log in as anon."""
        self.backend = backend
        self.caller: Caller = backend.authenticate(backend.login(Credentials("anon", "", "")))
        self._checker = Checker(backend.schema(), max_limit=None, max_depth=10, undoubles=undoubles)

    def entity(self, name: str) -> Entity:
        return self.backend.schema().entities[name]

    def query(self, entity: str, asked: Asked) -> Query:
        """Return a checked list query."""
        return self._checker.rows(self.entity(entity), asked)

    def answer(self, entity: str, asked: Asked) -> Rows:
        return self.backend.list(self.caller, self.query(entity, asked))

    def rows(self, entity: str, asked: Asked = EVERYTHING) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(text(self.answer(entity, asked)))
        return found

    def ids(self, entity: str, asked: Asked = EVERYTHING) -> list[int]:
        return [row["id"] for row in self.rows(entity, asked)]

    def ids_found(self, query: Query) -> list[int]:
        """Return the ids of the rows that a query made by hand finds."""
        found = json.loads(text(self.backend.list(self.caller, query)))
        return [row["id"] for row in found]

    def count(self, entity: str, asked: Asked = EVERYTHING) -> int:
        query = self._checker.count(self.entity(entity), asked)
        return self.backend.count(self.caller, query)

    def groups(self, entity: str, asked: Asked) -> list[dict[str, Any]]:
        query = self._checker.count(self.entity(entity), asked)
        found: list[dict[str, Any]] = json.loads(self.backend.groups(self.caller, query))
        return found

    def find_one(self, entity: str, asked: Asked = EVERYTHING) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(
            self.backend.find_one(self.caller, self.query(entity, asked))
        )
        return found

    def get(self, entity: str, id_: int, asked: Asked = EVERYTHING) -> dict[str, Any]:
        query = self._checker.by_id(self.entity(entity), asked)
        found: dict[str, Any] = json.loads(self.backend.get(self.caller, query, id_))
        return found


def text(rows: Rows) -> str:
    """Return a list's JSON, put together where it comes in pieces."""
    pieces: Iterable[bytes] = (rows.body,) if isinstance(rows.body, bytes) else rows.body
    return b"".join(pieces).decode()
