"""Swagger UI and the OpenAPI document of a mode, all of it served from here."""

import logging
from collections.abc import Callable, Mapping
from functools import cache
from html import escape
from importlib.resources import files
from os import getpid
from pathlib import Path
from typing import Final, TypeAlias

from apispec import APISpec
from flask import Flask, Response, request

from datagateway_api.core.errors import BackendUnavailable, ConfigurationError, NotFound
from datagateway_api.web.api import JSON, json_response
from datagateway_api.web.conditional import tagged
from datagateway_api.web.openapi import FAILURES, Json, failures, success, unchanged

log = logging.getLogger(__name__)

Document: TypeAlias = Callable[[str], bytes]
"""From the path below which a mode answers, outer prefixes included, to its OpenAPI document."""

DOCUMENTS: Final = "datagateway_api.documents"
FILE: Final = "openapi.json"
HTML: Final = "text/html"
FOLDER: Final = "swagger-ui"

PAGE: Final = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" type="image/png" href="{folder}/favicon-32x32.png">
<link rel="stylesheet" href="{folder}/swagger-ui.css">
</head>
<body>
<div id="swagger-ui" data-document="{document}"></div>
<script src="{folder}/swagger-ui-bundle.js"></script>
<script src="{folder}/docs_ui.js"></script>
</body>
</html>
"""

PAGE_HEADERS: Final[Mapping[str, str]] = {
    # Swagger UI sets style attributes, and draws its icons from data: addresses.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "style-src-attr 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
}

OWN: Final = "docs_ui.js"
"""The file that stands beside this module; the others are Swagger UI's."""

_TYPES: Final[Mapping[str, str]] = {
    OWN: "text/javascript",
    "favicon-32x32.png": "image/png",
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
}


Status: TypeAlias = Callable[[], bytes]
"""Returns a mode's status object."""


def mount(
    app: Flask,
    mode: str,
    extension: str,
    document: Document,
    title: str,
    status: Status | None = None,
) -> None:
    """Add a mode's page, the files of the page and its document to an app.

    A mode with a ``status`` object has it at ``EXT/``, and the page at ``EXT``; a client whose
    Accept header prefers one of the two gets that one at both.
    """

    def page() -> Response:
        # Absolute addresses, so that EXT and EXT/ show the same.
        base = request.script_root + extension
        text = PAGE.format(
            title=escape(title),
            folder=escape(f"{base}/{FOLDER}"),
            document=escape(f"{base}/{FILE}"),
        )
        return Response(text, mimetype="text/html", headers=dict(PAGE_HEADERS))

    def openapi() -> Response:
        return _revalidated(json_response(document(request.script_root + extension)))

    def asset(name: str) -> Response:
        if name not in _TYPES:
            raise NotFound("there is nothing at this address")
        response = Response(_content(name), mimetype=_TYPES[name])
        return _revalidated(response)

    for address, view in ((f"/{FILE}", openapi), (f"/{FOLDER}/<name>", asset)):
        app.add_url_rule(extension + address, f"{mode}.{view.__name__}", view)
    if status is None:
        app.add_url_rule(extension or "/", f"{mode}.page", page)
    else:
        _add_home(app, mode, extension, page, status)
    app.extensions.setdefault(DOCUMENTS, {})[mode] = (extension, document)


def _add_home(
    app: Flask, mode: str, extension: str, page: Callable[[], Response], status: Status
) -> None:
    """Add the page and the status object, told apart by the slash and the Accept header."""

    def chosen(*kinds: str) -> Response:
        is_page = request.accept_mimetypes.best_match(kinds, kinds[0]) == HTML
        response = page() if is_page else json_response(status())
        response.vary.add("Accept")
        return response

    def home() -> Response:
        return chosen(HTML, JSON)

    def status_object() -> Response:
        return chosen(JSON, HTML)

    if extension:
        app.add_url_rule(extension, f"{mode}.page", home, strict_slashes=True)
    app.add_url_rule(extension + "/", f"{mode}.status", status_object, strict_slashes=True)


def documents(app: Flask, prefix: str) -> Mapping[str, bytes]:
    """Return each mode's document, for a server that is reached below a prefix.

    Raises BackendUnavailable when a catalogue cannot be asked for its schema.
    """
    mounted = app.extensions.get(DOCUMENTS, {})
    return {mode: document(prefix + extension) for mode, (extension, document) in mounted.items()}


def write_documents(app: Flask, folder: Path, prefix: str) -> None:
    """Write each mode's document to a file; while a catalogue is away, only warn.

    Raises ConfigurationError when the folder cannot be written to.
    """
    try:
        for mode, document in documents(app, prefix).items():
            write(folder / f"{mode}.{FILE}", document)
    except BackendUnavailable as error:
        log.warning("generate_swagger: nothing is written, the catalogue is away: %s", error)
    except OSError as error:
        reason = f"swagger_folder: cannot be written to: {error.strerror}"
        raise ConfigurationError([reason]) from error


def write(path: Path, document: bytes) -> None:
    """Write a document in one step, so that nobody reads half of it. Raises OSError."""
    unfinished = path.with_name(f".{path.name}.{getpid()}")
    unfinished.write_bytes(document)
    unfinished.replace(path)


def describe(document: APISpec, tag: str) -> None:
    """Add to a document the paths that ``mount`` adds to an app."""
    found = success("The document.", {"type": "object"}, ("ETag",))
    openapi = {"200": found, **unchanged(), **failures(412, *FAILURES)}
    page = {"200": _of_kinds(success("The page."), ["text/html"]), **failures(414, 500)}
    name = {
        "name": "name",
        "in": "path",
        "description": "The name of the file.",
        "schema": {"type": "string", "enum": sorted(_TYPES)},
        "example": "swagger-ui.css",
    }
    kinds = sorted(set(_TYPES.values()))
    rows: tuple[tuple[str, str, str, list[Json], Json], ...] = (
        ("/", "showPage", "This page", [], page),
        (f"/{FILE}", "getDocument", "This document", [], openapi),
        (
            f"/{FOLDER}/{{name}}",
            "getPageFile",
            "A file that this page needs",
            [name],
            {
                "200": _of_kinds(success("The file.", headers=("ETag",)), kinds),
                **unchanged(),
                **failures(404, 412, 414, 500),
            },
        ),
    )
    for path, operation_id, summary, parameters, answers in rows:
        operation = {
            "tags": [tag],
            "operationId": operation_id,
            "summary": summary,
            "security": [],
            "parameters": parameters,
            "responses": answers,
        }
        document.path(path, operations={"get": operation})


def _of_kinds(answer: Json, kinds: list[str]) -> Json:
    return {**answer, "content": {kind: {} for kind in kinds}}


def _revalidated(response: Response) -> Response:
    """Let a browser keep an answer, but ask each time whether it is still the one."""
    response.headers["Cache-Control"] = "no-cache"
    return tagged(response)


@cache
def _content(name: str) -> bytes:
    if name == OWN:
        return files("datagateway_api.web").joinpath(OWN).read_bytes()
    return files("flask_swagger_ui").joinpath("dist", name).read_bytes()
