"""Malformed requests, each with the answer it must get."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Malformed:
    """One request, and the status, the code and a part of the message of its answer."""

    id: str
    url: str
    status: int
    code: str
    fragment: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None


def asking(id_: str, query: str, fragment: str, path: str = "/investigations") -> Malformed:
    """Return a request with a bad query string, as it stands."""
    return Malformed(id_, f"{path}?{query}", 400, "bad_filter", fragment)


def where(id_: str, condition: object, fragment: str, path: str = "/investigations") -> Malformed:
    """Return a request with a bad ``where``: a text as it stands, or anything as JSON."""
    text = condition if isinstance(condition, str) else json.dumps(condition)
    return asking(id_, f"where={quote(text)}", fragment, path)
