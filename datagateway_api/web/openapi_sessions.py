"""The operations of ``EXT/sessions``, in OpenAPI."""

from collections.abc import Mapping
from typing import Final

from datagateway_api.web.openapi import FAILURES, Json, content, failures, success

DATE_SENT: Final = r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{6})?\+00:00$"

_TEXT: Final[Json] = {"type": "string"}
_ID: Final[Json] = {"type": "string", "minLength": 1, "maxLength": 255}
_WITH_SESSION: Final = (401, 403, *FAILURES)

_LOGIN: Final[Json] = {
    "type": "object",
    "properties": {
        "username": _TEXT,
        "password": {"type": "string", "format": "password"},
        "mechanism": {"type": "string", "default": "simple"},
    },
    "anyOf": [
        {"required": ["username", "password"]},
        {"properties": {"mechanism": {"const": "anon"}}, "required": ["mechanism"]},
    ],
}
_SESSION: Final[Json] = {
    "type": "object",
    "required": ["id", "expireDateTime", "username"],
    "additionalProperties": False,
    "properties": {
        "id": _ID,
        "expireDateTime": {"type": "string", "pattern": DATE_SENT},
        "username": {"type": "string", "description": "The mechanism, a slash and the name."},
    },
}
_OPENED: Final[Json] = {
    "type": "object",
    "required": ["sessionID"],
    "additionalProperties": False,
    "properties": {"sessionID": _ID},
}


def session_operations(*, allows_anon: bool) -> Mapping[str, Json]:
    """Return the operations of sessions, by method."""
    user = {"summary": "A user", "value": {"username": "alice", "password": "her password"}}
    anon = {"summary": "Anybody", "value": {"mechanism": "anon"}}
    examples = {"anon": anon, "simple": user} if allows_anon else {"simple": user}
    login = {
        "requestBody": {"required": True, "content": content(_LOGIN, examples=examples)},
        "security": [],
        "responses": {
            "201": success("A session is open.", _OPENED),
            **failures(400, 403, 413, 415, *FAILURES),
        },
    }
    return {
        "POST": _named("login", "Log in") | login,
        "GET": _named("getSession", "Look at the session") | _answers("200", _SESSION),
        "PUT": _named("refreshSession", "Extend the life of the session") | _answers("200", _ID),
        "DELETE": _named("logout", "Log out: end the session") | _answers("204", None),
    }


def _named(operation_id: str, summary: str) -> Json:
    return {"tags": ["Sessions"], "operationId": operation_id, "summary": summary}


def _answers(status: str, schema: Json | None) -> Json:
    return {"responses": {status: success("Done.", schema), **failures(*_WITH_SESSION)}}
