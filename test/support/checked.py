"""A client that holds every answer against what is promised before the test sees it.

That is, against shapes written here, which know the query, and against the app's own document.
"""

import csv
import json
import re
from contextlib import suppress
from functools import lru_cache
from io import StringIO
from typing import Any

from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from werkzeug.test import TestResponse

from datagateway_api.core import icat_schema
from datagateway_api.core.entities import Entity
from datagateway_api.core.errors import BackendUnavailable
from datagateway_api.core.query.check import Checker
from datagateway_api.core.query.model import Query
from datagateway_api.core.query.parse import BY_ID, COUNT, LIST, parse
from datagateway_api.web.formats import CSV, NDJSON
from test.support import documented, shapes

CHECKER = Checker(icat_schema.load(), max_limit=None, max_depth=100, undoubles=True)
LEAKS = re.compile(
    r"\bselect\b.+\bfrom\b|\binsert into\b|sqlalchemy|sqlite|pymysql|psycopg|mariadb|postgres|"
    r"traceback|operationalerror|programmingerror|dataerror|\.py\b",
    re.IGNORECASE | re.DOTALL,
)
"""What only a driver, a statement or a stack trace says."""

_PLAIN = {
    ("sessions", "POST"): shapes.LOGIN,
    ("sessions", "GET"): shapes.SESSION,
    ("sessions", "PUT"): shapes.REFRESHED,
    ("ping", "GET"): shapes.PING,
}


class CheckedClient(FlaskClient):
    """A test client that raises AssertionError for any answer of a wrong shape."""

    prefix = ""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        response: TestResponse = super().open(*args, **kwargs)
        check(response, self.prefix)
        with suppress(BackendUnavailable):
            documented.validate(response, self.application, self.prefix)
        return response


def checked(client: FlaskClient, prefix: str = "") -> CheckedClient:
    """Return a checking client with the same app and session; `prefix` is before its addresses."""
    twin = CheckedClient(client.application, client.application.response_class)
    twin.environ_base = client.environ_base
    twin.prefix = prefix
    return twin


def check(response: TestResponse, prefix: str = "") -> None:
    """Hold one answer of the catalogue against its shape."""
    assert re.fullmatch(r"[A-Za-z0-9._-]{1,64}", response.headers["X-Request-Id"])
    method = response.request.method
    if response.status_code >= 400 and method != "HEAD":
        check_error(response)
    elif response.status_code in (204, 304) or method in ("HEAD", "OPTIONS"):
        assert response.data == b""
    else:
        check_success(response, response.request.path.removeprefix(prefix).strip("/"))


def check_error(response: TestResponse) -> None:
    """Hold an error against section 5 of the specification."""
    assert response.content_type == "application/json"
    body = json.loads(response.data)
    shapes.error(response.status_code).validate(body)
    assert body["requestId"] == response.headers["X-Request-Id"]
    if body["code"] != "session_invalid":
        assert "session" not in body["message"].lower()
    assert not LEAKS.search(response.text)


def check_success(response: TestResponse, path: str) -> None:
    """Hold what was found against the shape of the address; other addresses have their own."""
    validator = _validator(path.lower(), response.request.method, response.request.query_string)
    if response.mimetype == NDJSON:
        assert validator is not None
        assert not response.text or response.text.endswith("\n")
        validator.validate([json.loads(line) for line in response.text.split("\n")[:-1]])
    elif response.mimetype == CSV:
        records = list(csv.reader(StringIO(response.text)))
        assert {len(record) for record in records} == {len(records[0])}
    elif validator is not None:
        assert response.content_type == "application/json"
        body = json.loads(response.data)
        validator.validate(body)
        assert len(response.data) <= len(json.dumps(body, separators=(",", ":")))


@lru_cache(maxsize=2000)
def _validator(path: str, method: str, query_string: bytes) -> Draft202012Validator | None:
    shape = _PLAIN.get((path, method))
    first, _, rest = path.partition("/")
    entity = icat_schema.load().endpoints.get(first)
    if shape is None and entity is not None and method == "GET":
        shape = _reading(entity, rest, query_string)
    elif shape is None and entity is not None:
        written = shapes.row(entity)
        shape = {"anyOf": [written, shapes.array(written)]}
    return Draft202012Validator(shape) if shape is not None else None


def _reading(entity: Entity, rest: str, query_string: bytes) -> shapes.JsonSchema:
    """Return the shape of what one of an entity's addresses answers to GET."""
    if rest == "count":
        query = CHECKER.count(entity, parse(query_string, COUNT))
        return _groups(query) if query.group_by else shapes.COUNT
    if rest in ("", "findone"):
        query = CHECKER.rows(entity, parse(query_string, LIST))
        one = _row(query)
        return one if rest else shapes.array(one)
    return _row(CHECKER.by_id(entity, parse(query_string, BY_ID)))


def _row(query: Query) -> shapes.JsonSchema:
    if query.distinct:
        return shapes.chosen(query.distinct)
    return shapes.row(query.entity, query.include, query.fields)


def _groups(query: Query) -> shapes.JsonSchema:
    one = shapes.chosen(query.group_by, may_be_absent=True, count={"type": "integer", "minimum": 1})
    return shapes.array(one)
