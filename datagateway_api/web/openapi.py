"""What the OpenAPI documents of all modes share: errors, headers, the way to log in."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

import orjson
from apispec import APISpec

from datagateway_api import __version__
from datagateway_api.core.errors import ApiError, ConfigurationError
from datagateway_api.web import request_ids
from datagateway_api.web.formats import CSV, NDJSON

Json: TypeAlias = dict[str, Any]

OPENAPI: Final = "3.1.0"
JSON: Final = "application/json"
SESSION: Final = "session"
FAILURES: Final = (414, 500, 502, 503, 504)
"""With these any request that needs the backend can end."""

_HEADERS: Final[Mapping[str, Json]] = {
    request_ids.HEADER: {
        "description": "The id of this request, which finds it in the server's log. "
        "A client can choose it by sending this header.",
        "required": True,
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$"},
    },
    "ETag": {
        "description": "Names this very answer, for `If-None-Match` in a later request; "
        "that of one object also for `If-Match`.",
        "schema": {"type": "string", "examples": ['"200004030000000000-5f0c6e2a9d3b48715f0c"']},
    },
    "X-Total-Count": {
        "description": "With `total=true`: the number of rows without `limit` and `skip`.",
        "schema": {"type": "integer", "minimum": 0},
    },
    "Retry-After": {
        "description": "After how many seconds to try again.",
        "schema": {"type": "integer", "minimum": 1},
    },
    "Allow": {
        "description": "The methods that this address takes.",
        "schema": {"type": "string", "examples": ["GET, HEAD, OPTIONS"]},
    },
}
_HEADERS_OF: Final[Mapping[int, tuple[str, ...]]] = {
    403: ("Retry-After",),
    405: ("Allow",),
    503: ("Retry-After",),
    504: ("Retry-After",),
}


def new_document(title: str, description: str, base: str) -> APISpec:
    """Return a document without paths, for a mode that answers below ``base``."""
    document = APISpec(
        title,
        __version__,
        OPENAPI,
        info={"description": description},
        servers=[{"url": base or "/"}],
        security=[{SESSION: []}],
    )
    parts = document.components
    parts.security_scheme(
        SESSION,
        {
            "type": "http",
            "scheme": "bearer",
            "description": "The `sessionID` that `POST /sessions` answers with.",
        },
    )
    for name, header in _HEADERS.items():
        parts.header(name, header)
    parts.schema("Error", _error())
    for status in sorted({error.status for error in errors()}):
        parts.response(_response_name(status), _error_answer(status))
    return document


def rendered(document: APISpec) -> Json:
    """Return a document as a JSON object, in the order in which one reads it.

    Of the error answers it has those that its paths refer to, and that for a wrong method, which
    any address can give.
    """
    found: Json = document.to_dict()
    paths = orjson.dumps(found["paths"]).decode()
    responses = found["components"]["responses"]
    found["components"]["responses"] = {
        name: response
        for name, response in responses.items()
        if f'"{ref("responses", name)["$ref"]}"' in paths or name == _response_name(405)
    }
    found["info"] = {key: found["info"][key] for key in ("title", "version", "description")}
    order = ("openapi", "info", "servers", "security", "tags", "paths", "components")
    return {key: found[key] for key in order}


def errors() -> Iterator[type[ApiError]]:
    """Yield every error that a client can get, from the root of the tree downwards."""
    waiting: list[type[ApiError]] = [ApiError]
    while waiting:
        error = waiting.pop(0)
        if error is not ConfigurationError:
            yield error
            waiting += error.__subclasses__()


def ref(kind: str, name: str) -> Json:
    """Return a reference to a component, such as ``ref("schemas", "Investigation")``."""
    return {"$ref": f"#/components/{kind}/{name}"}


def content(schema: Json, **more: object) -> Json:
    """Return the ``content`` of a JSON body or parameter; ``more`` stands beside the schema."""
    return {JSON: {"schema": schema, **more}}


def success(description: str, schema: Json | None = None, headers: tuple[str, ...] = ()) -> Json:
    """Return an answer: empty, or JSON of a schema."""
    names = (request_ids.HEADER, *headers)
    found: Json = {
        "description": description,
        "headers": {name: ref("headers", name) for name in names},
    }
    if schema is not None:
        found["content"] = content(schema)
    return found


def tables() -> Json:
    """Return what a list can be sent as besides JSON, where Accept asks for it, as ``content``."""
    text = {"type": "string"}
    return {
        NDJSON: {"schema": text, "example": '{"id":1,"name":"a"}\n{"id":2,"name":"b"}\n'},
        CSV: {"schema": text, "example": "id,name,type.name\r\n1,a,raw\r\n2,b,raw\r\n"},
    }


def unchanged() -> Json:
    """Return the empty answer for a client that has the other one already."""
    return {
        "304": success("The answer that `If-None-Match` names is still right.", None, ("ETag",))
    }


def failures(*statuses: int) -> Json:
    """Return the error answers with these statuses."""
    return {str(status): ref("responses", _response_name(status)) for status in sorted(statuses)}


def _response_name(status: int) -> str:
    return f"Error{status}"


def _error_answer(status: int) -> Json:
    found = [error for error in errors() if error.status == status]
    codes = list(dict.fromkeys(error.code for error in found))
    helps = dict.fromkeys(f"`{error.code}`: {error.help}" for error in found)
    narrowed = {
        "allOf": [ref("schemas", "Error")],
        "properties": {"code": {"enum": codes}, "status": {"const": status}},
    }
    found_answer = success("\n\n".join(helps), narrowed, _HEADERS_OF.get(status, ()))
    example = {
        "message": found[0].help,
        "code": codes[0],
        "status": status,
        "requestId": "5f0c6e2a",
    }
    found_answer["content"][JSON]["example"] = example
    return found_answer


def _error() -> Json:
    """The one body of every failure."""
    text = {"type": "string", "minLength": 1}
    return {
        "type": "object",
        "description": "What went wrong. Programs should look at `code`.",
        "required": ["message", "code", "status", "requestId"],
        "additionalProperties": False,
        "properties": {
            "message": {**text, "description": "What went wrong, in words."},
            "code": {
                "type": "string",
                "enum": list(dict.fromkeys(error.code for error in errors())),
                "description": "What went wrong, for programs.",
            },
            "status": {
                "type": "integer",
                "enum": sorted({error.status for error in errors()}),
                "description": "The HTTP status.",
            },
            "details": {
                "type": "array",
                "items": {"type": "object"},
                "description": "Each single problem, where there are several.",
            },
            "requestId": {**text, "description": "As in the header X-Request-Id."},
        },
    }
