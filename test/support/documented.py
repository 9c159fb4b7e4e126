"""Holding answers against the OpenAPI document of the very app that gave them."""

import json
import re
from copy import deepcopy
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

from flask import Flask
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012
from werkzeug.test import TestResponse

from datagateway_api.web.docs_ui import documents

HERE = "urn:document"


class Document:
    """One OpenAPI document, with a validator for each of its schemas."""

    def __init__(self, body: dict[str, Any]) -> None:
        self.body = body
        self._registry = Registry().with_resource(HERE, DRAFT202012.create_resource(body))
        self._patterns = [
            (re.compile(re.sub(r"\{\w+\}", "[^/]+", path) + r"/?\Z"), path)
            for path in body["paths"]
        ]

    def path(self, address: str, prefix: str) -> str | None:
        """Return the documented path that an address, with the prefix, belongs to."""
        below = address.lower().removeprefix(prefix.lower())
        if (below == address.lower()) == bool(prefix):
            return None
        address = below or "/"
        fitting = [path for pattern, path in self._patterns if pattern.match(address)]
        return min(fitting, key=lambda path: path.count("{"), default=None)

    def find(self, *steps: str) -> tuple[Any, str]:
        """Return what stands at a place, references followed, and the pointer to it."""
        pointer, found = "#", self.body
        for step in steps:
            pointer += "/" + step.replace("~", "~0").replace("/", "~1")
            found = found[step]
            if "$ref" in found:
                pointer = found["$ref"]
                found, _ = self.find(*pointer.removeprefix("#/").split("/"))
        return found, pointer

    def hold(self, value: object, pointer: str) -> None:
        """Raise ValidationError when a value is not of the schema at a place."""
        _validator(self, pointer).validate(value)

    @property
    def registry(self) -> Registry[Any]:
        """What the references of the document are looked up in."""
        return self._registry


@lru_cache(maxsize=5000)
def _validator(document: Document, pointer: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": HERE + pointer}, registry=document.registry)


def document_of(app: Flask, *, selects: bool = True) -> Document:
    """Return an app's document; without ``selects`` no part of an object passes for the whole.

    Raises BackendUnavailable while the catalogue has never been there.
    """
    (body,) = documents(app, "").values()
    return _read(body, selects)


@lru_cache(maxsize=20)
def _read(body: bytes, selects: bool) -> Document:
    document = json.loads(body)
    if not selects:
        document = deepcopy(document)
        document["components"]["schemas"]["Selection"] = False
    return Document(document)


def validate(response: TestResponse, app: Flask, prefix: str = "") -> None:
    """Raise AssertionError or ValidationError for an answer that the document does not promise.

    ``prefix`` is the extension, after outer prefixes.
    """
    names = {name.lower() for name, _ in parse_qsl(response.request.query_string.decode("latin-1"))}
    document = document_of(app, selects=bool(names & {"fields", "distinct"}))
    method, status = response.request.method.lower(), str(response.status_code)
    if method in ("head", "options"):
        return
    path = document.path(response.request.path, prefix)
    if path is None or method not in document.body["paths"][path]:
        assert response.status_code >= 400, f"{method} {response.request.path} is not documented"
        document.hold(response.json, f"#/components/responses/Error{status}/content/"
                      "application~1json/schema")  # fmt: skip
        return
    steps = ("paths", path, method, "responses")
    promised, _ = document.find(*steps)
    assert status in promised, f"{method} {path} is documented without {status}"
    answer, pointer = document.find(*steps, status)
    _hold_headers(document, response, answer)
    _hold_body(document, response, answer, pointer)


def _hold_headers(document: Document, response: TestResponse, answer: dict[str, Any]) -> None:
    for name in answer["headers"]:
        header, pointer = document.find("components", "headers", name)
        text = response.headers.get(name)
        assert text is not None or not header.get("required"), name
        if text is not None:
            is_number = header["schema"]["type"] == "integer"
            document.hold(int(text) if is_number else text, f"{pointer}/schema")


def _hold_body(
    document: Document, response: TestResponse, answer: dict[str, Any], pointer: str
) -> None:
    if "content" not in answer:
        assert response.data == b""
        return
    kind = str(response.mimetype)
    assert kind in answer["content"]
    if "schema" in answer["content"][kind] and response.is_json:
        kind = kind.replace("/", "~1")
        document.hold(json.loads(response.data), f"{pointer}/content/{kind}/schema")
