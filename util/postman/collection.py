"""The collection as Postman reads it, format 2.1: a folder for each mode, with folders in it."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from util.postman import catalogue, search
from util.postman.request import Json, Pair, Request

SCHEMA: Final = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
NAME: Final = "DataGateway API"
HOST: Final = "http://127.0.0.1:5000"
ABOUT: Final = """\
Every kind of request to every part of DataGateway API, with bodies that work.

1. Set the variables: `host`; `catalogue` and `search`, the `extension` of each mode (nothing when
   that is `/`); `username` and `password`.
2. Send a request from *Sessions* that logs in: it stores the session in the variable `session`,
   which all others send. The search needs none.
3. Send what you like, or run the collection from top to bottom. A run changes and deletes nothing
   but what it created; some of that stays, so do not run it on a catalogue that matters.
   Writing needs `read_only: false`.

Parameters and headers that are switched off are there to be switched on.
"""


@dataclass(frozen=True, slots=True)
class Mode:
    """A mode's part: its name, the variable with its path, all its variables, its folders."""

    name: str
    base: str
    variables: Mapping[str, str]
    folders: Iterable[tuple[str, list[Request]]]


def modes() -> Iterator[Mode]:
    """Yield the parts of the collection."""
    yield Mode(catalogue.NAME, catalogue.BASE, catalogue.variables(), catalogue.folders())
    yield Mode(search.NAME, search.BASE, search.variables(), search.folders())


def build() -> str:
    """Return the collection as the text of its file."""
    parts = list(modes())
    variables = {"host": HOST}
    for mode in parts:
        variables |= mode.variables
    found = {
        "info": {
            "_postman_id": str(uuid5(NAMESPACE_URL, NAME)),
            "name": NAME,
            "description": ABOUT,
            "schema": SCHEMA,
        },
        "auth": {"type": "bearer", "bearer": [_variable("token", "{{session}}")]},
        "variable": [_variable(key, value) for key, value in variables.items()],
        "item": [
            {
                "name": mode.name,
                "item": [
                    {"name": name, "item": [_item(mode.base, request) for request in requests]}
                    for name, requests in mode.folders
                ],
            }
            for mode in parts
        ],
    }
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


def _variable(key: str, value: str) -> Json:
    return {"key": key, "value": value, "type": "string"}


def _item(base: str, request: Request) -> Json:
    sent: Json = {
        "method": request.method,
        "header": [_pair(each) for each in request.headers],
        "url": _url(base, request),
    }
    if not request.needs_session:
        sent["auth"] = {"type": "noauth"}
    if request.body is not None:
        sent["header"].append({"key": "Content-Type", "value": "application/json"})
        options = {"raw": {"language": "json"}}
        sent["body"] = {"mode": "raw", "raw": request.body, "options": options}
    script = {"type": "text/javascript", "exec": list(_script(request))}
    return {"name": request.name, "event": [{"listen": "test", "script": script}], "request": sent}


def _pair(pair: Pair) -> Json:
    found: Json = {"key": pair.name, "value": pair.value}
    return found if pair.is_on else found | {"disabled": True}


def _url(base: str, request: Request) -> Json:
    host = f"{{{{host}}}}{{{{{base}}}}}"
    on = "&".join(f"{pair.name}={pair.value}" for pair in request.query if pair.is_on)
    found: Json = {
        "raw": host + request.path + (f"?{on}" if on else ""),
        "host": [host],
        "path": request.path.strip("/").split("/"),
    }
    if request.query:
        found["query"] = [_pair(each) for each in request.query]
    return found


def _script(request: Request) -> Iterator[str]:
    """Yield what runs once the answer is there: a test, then the storing of what others need."""
    status = request.status
    yield f'pm.test("answers {status}", () => pm.response.to.have.status({status}));'
    for variable, place in request.saves.items():
        steps = place if place.startswith("[") else f".{place}"
        for store in ("environment", "collectionVariables"):
            yield f'pm.{store}.set("{variable}", pm.response.json(){steps});'
