"""The OpenAPI document of the search API."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

import orjson
from apispec import APISpec

from datagateway_api import __version__
from datagateway_api.search.openapi_schemas import schemas
from datagateway_api.search.operators import OPERATORS
from datagateway_api.search.panosc import ROOTS
from datagateway_api.web.docs_ui import FILE
from datagateway_api.web.openapi import JSON, OPENAPI, Json, content, ref

TITLE: Final = "Search API"
MOST_KEPT: Final = 4
ABOUT: Final = """\
The open data of this facility, as the [PaNOSC](https://www.panosc.eu) federated search asks for it:
documents (experiments, publications), datasets and instruments, with members, parameters, samples,
techniques and files. Only what is public is here, and nobody logs in.

`filter` and `where` are JSON, or LoopBack's brackets: `filter[where][title][like]=copper`.
The operators of `where` are:

"""

_COLD: Final = {
    "and": [{"name": "sample_temperature"}, {"value": {"between": [293, 294]}}, {"unit": "K"}]
}
_SAS: Final = {"name": "small angle scattering"}
_FILTERS: Final[Mapping[str, Mapping[str, Json]]] = {
    "Datasets": {
        "page": {"limit": 10, "order": "title"},
        "techniques": {"include": [{"relation": "techniques", "scope": {"where": _SAS}}]},
        "parameters": {"include": [{"relation": "parameters", "scope": {"where": _COLD}}]},
    },
    "Documents": {
        "query": {"query": "copper", "limit": 10},
        "portal": {
            "include": [
                {"relation": "datasets", "scope": {"include": ["techniques", "parameters"]}},
                {"relation": "members", "scope": {"include": ["person", "affiliation"]}},
            ],
            "limit": 10,
        },
        "text": {"where": {"and": [{"text": "copper"}, {"type": {"neq": "proposal"}}]}},
    },
    "Instruments": {"names": {"where": {"name": {"ilike": "%i%"}}, "order": ["name ASC"]}},
    "files": {"size": {"where": {"size": {"gte": 0}}, "limit": 10}},
}
_ONE: Final[Mapping[str, Mapping[str, Json]]] = {
    "Datasets": {"files": {"include": ["files", "instrument"]}},
    "Documents": {
        "members": {"include": [{"relation": "members", "scope": {"include": ["person"]}}]}
    },
    "Instruments": {"datasets": {"include": {"relation": "datasets", "scope": {"limit": 3}}}},
}
_WHERES: Final[Mapping[str, Mapping[str, Json]]] = {
    "Datasets": {"title": {"title": {"ilike": "dataset"}}},
    "Documents": {"dotted": {"datasets.title": {"ilike": "dataset"}}},
    "Instruments": {"text": {"text": "i"}},
    "files": {"size": {"size": {"gte": 0}}},
}
_STATUSES: Final[Mapping[int, str]] = {
    400: "The filter cannot be understood; the message says where.",
    404: "There is no such object, or it is not public.",
    414: "The URL is longer than this server accepts.",
    500: "The server failed.",
    502: "The catalogue behind this server failed.",
    503: "The catalogue behind this server cannot be reached.",
    504: "The catalogue behind this server did not answer in time.",
}


class Document:
    """The document, as bytes: made once for each place."""

    def __init__(self) -> None:
        """Make nothing yet."""
        self._made = lru_cache(maxsize=MOST_KEPT)(_make)

    def __call__(self, base: str) -> bytes:
        """Return the document for a search that answers below ``base``."""
        return self._made(base)


def _make(base: str) -> bytes:
    found: Json = describe(base).to_dict()
    order = ("openapi", "info", "servers", "tags", "paths", "components")
    return orjson.dumps({key: found[key] for key in order})


def describe(base: str) -> APISpec:
    """Return the document of a search that answers below ``base``."""
    rows = "\n".join(f"- `{o.name}`: {o.help}, as in `{o.example}`" for o in OPERATORS)
    document = APISpec(
        TITLE,
        __version__,
        OPENAPI,
        info={"description": ABOUT + rows + "\n"},
        servers=[{"url": base or "/"}],
    )
    for name, schema in schemas():
        document.components.schema(name, schema)
    for status, text in _STATUSES.items():
        document.components.response(
            f"Error{status}", {"description": text, "content": content(ref("schemas", "Error"))}
        )
    for root, entity in ROOTS.items():
        document.tag({"name": entity})
        _add_root(document, root, entity)
    _add_files(document)
    _add_plain(document)
    return document


def _add_root(document: APISpec, root: str, entity: str) -> None:
    rows = {"type": "array", "items": ref("schemas", entity)}
    _add(document, f"/{root}", entity, f"find{root}", "Search", rows, [_filter(_FILTERS[root])])
    _add(document, f"/{root}/count", entity, f"count{root}", "Count", _COUNT, [_where(root)])
    one = [_pid(), _filter(_ONE[root])]
    found = ref("schemas", entity)
    _add(document, f"/{root}/{{pid}}", entity, f"find{entity}ByPid", "One of them", found, one)


def _add_files(document: APISpec) -> None:
    rows = {"type": "array", "items": ref("schemas", "File")}
    path = "/Datasets/{pid}/files"
    asked = [_pid(), _filter(_FILTERS["files"])]
    _add(document, path, "Dataset", "findFiles", "The files of a data set", rows, asked)
    where = [_pid(), _where("files")]
    _add(document, f"{path}/count", "Dataset", "countFiles", "Count its files", _COUNT, where)


def _add_plain(document: APISpec) -> None:
    document.tag({"name": "Service"})
    status = {
        "tags": ["Service"],
        "operationId": "showStatus",
        "summary": "How the service is; to browsers, this page",
        "responses": {
            "200": {
                "description": "The status object, or a page.",
                "content": {**content(ref("schemas", "Status")), "text/html": {}},
            },
            **_failures(414, 500),
        },
    }
    document.path("/", operations={"get": status})
    this = {
        "tags": ["Service"],
        "operationId": "getDocument",
        "summary": "This document",
        "responses": {
            "200": {"description": "The document.", "content": content({"type": "object"})},
            "304": {"description": "The client has it already."},
            **_failures(414, 500),
        },
    }
    document.path(f"/{FILE}", operations={"get": this})


_COUNT: Final = ref("schemas", "Count")


def _add(
    document: APISpec,
    path: str,
    tag: str,
    operation_id: str,
    summary: str,
    schema: Json,
    parameters: list[Json],
) -> None:
    operation = {
        "tags": [tag],
        "operationId": operation_id,
        "summary": summary,
        "parameters": parameters,
        "responses": {
            "200": {"description": "What was asked for.", "content": content(schema)},
            **_failures(400, *((404,) if "{pid}" in path else ()), 414, 500, 502, 503, 504),
        },
    }
    document.path(path, operations={"get": operation})


def _failures(*statuses: int) -> Json:
    return {str(status): ref("responses", f"Error{status}") for status in statuses}


def _filter(examples: Mapping[str, Json]) -> Json:
    text = "`where`, `include`, `order`, `limit`, `skip`, `fields` and `query`, as JSON."
    return _parameter("filter", text, examples)


def _where(key: str) -> Json:
    return _parameter("where", "A condition, as JSON.", _WHERES[key])


def _parameter(name: str, text: str, examples: Mapping[str, Json]) -> Json:
    shown = {key: {"value": value} for key, value in examples.items()}
    return {
        "name": name,
        "in": "query",
        "description": text,
        "content": {JSON: {"schema": {"type": "object"}, "examples": shown}},
    }


def _pid() -> Json:
    return {
        "name": "pid",
        "in": "path",
        "required": True,
        "description": "A persistent identifier; its slashes may be written as `%2F`.",
        "schema": {"type": "string", "minLength": 1},
        "example": "10.5072/example",
    }
