"""The OpenAPI document of the open-data releases."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

import orjson
from apispec import APISpec

from datagateway_api.core.query.parse import LARGEST, PARAMETERS
from datagateway_api.releases.asking import LIST, USUAL_LIMIT
from datagateway_api.releases.entity import FIELDS
from datagateway_api.releases.files import Format
from datagateway_api.releases.openapi_schemas import schemas
from datagateway_api.releases.settings import ReleasesSection
from datagateway_api.web import docs_ui
from datagateway_api.web.openapi import (
    FAILURES,
    Json,
    content,
    failures,
    new_document,
    ref,
    rendered,
    success,
    unchanged,
)
from datagateway_api.web.openapi_sessions import session_operations

TITLE: Final = "Open-data releases"
ABOUT: Final = """\
Releases of open data and their datasets: cross-sections, efficiencies, weights and addresses of
files. Reading is open to everybody. The Python client `atlasopenmagic` reads from here when
`ATLAS_API_BASE_URL` names this address.

To change something: log in with `POST /sessions`, press **Authorize** and paste the `sessionID`.
"""
READING: Final = (400, *FAILURES)
WRITING: Final = (400, 401, 403, 404, 409, 413, 415, 422, *FAILURES)
TAGS: Final[Mapping[str, str]] = {
    "Datasets": "The datasets of all releases",
    "Releases": "The releases themselves",
    "Weights": "Names of the weights of events",
    "Changes": "Uploading and correcting, for writers",
    "Sessions": "Log in, extend the session, log out",
    "Service": "The service itself",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One operation: its address, method, name, summary, tag and what it takes and answers."""

    path: str
    method: str
    name: str
    summary: str
    tag: str
    answer: Json | None
    failures: tuple[int, ...]
    parameters: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    body: Json = field(default_factory=dict)
    is_open: bool = True

    def operation(self) -> Json:
        """Return it as OpenAPI has it."""
        in_path = [part[1:-1] for part in self.path.split("/") if part.startswith("{")]
        found: Json = {
            "tags": [self.tag],
            "operationId": self.name,
            "summary": self.summary,
            "parameters": [*in_path, *self.parameters],
        }
        if self.is_open:
            found["security"] = []
        if self.body:
            found["requestBody"] = {"required": True, "content": self.body}
        status = "204" if self.answer is None else "200"
        answers = {status: success("Done.", self.answer, self.headers)}
        if "ETag" in self.headers:
            answers |= unchanged()
        return found | {"responses": answers | failures(*self.failures)}


def _many(name: str) -> Json:
    return {
        "type": "array",
        "items": {"anyOf": [ref("schemas", name), ref("schemas", "Selection")]},
    }


_PAGE: Final = ("release_name", *LIST, "If-None-Match")
_COUNTED: Final = ("ETag", "X-Total-Count")
_FORM: Final[Json] = {"multipart/form-data": {"schema": ref("schemas", "Upload")}}
_TEXTS: Final[Json] = {"type": "array", "items": {"type": "string"}}
_SEVERAL: Final[Json] = {
    "type": "object",
    "required": ["datasets"],
    "properties": {
        "datasets": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["dataset_number", "updates"],
                "properties": {
                    "dataset_number": {"type": ["string", "integer"]},
                    "updates": ref("schemas", "Updates"),
                },
            },
        }
    },
}
_ONE: Final[Json] = {
    "type": "object",
    "required": ["updates"],
    "additionalProperties": False,
    "properties": {"updates": ref("schemas", "Updates")},
}
_BY_TAG: Final[Json] = {
    "type": "object",
    "required": ["weights"],
    "properties": {"weights": ref("schemas", "WeightsByTag")},
}

ROWS: Final = (
    Row("/datasets", "get", "listDatasets", "List datasets", "Datasets", _many("Dataset"),
        (*READING, 404), _PAGE, _COUNTED),
    Row("/datasets/lean", "get", "listLeanDatasets", "List datasets without their files",
        "Datasets", _many("LeanDataset"), (*READING, 404), _PAGE, _COUNTED),
    Row("/datasets/count", "get", "countDatasets", "Count datasets", "Datasets",
        ref("schemas", "Count"), (*READING, 404), _PAGE,
        ("ETag",)),
    Row("/metadata/{release}/{key}", "get", "getDataset",
        "Get a dataset by its number or its physics_short, in any case", "Datasets",
        ref("schemas", "Dataset"), (*READING, 404), ("If-None-Match",), ("ETag",)),
    Row("/releases", "get", "listReleases", "List the releases", "Releases",
        {"type": "array", "items": ref("schemas", "Release")}, READING, ("If-None-Match",),
        ("ETag",)),
    Row("/releases/{release}", "get", "getRelease", "Get a release with its datasets", "Releases",
        ref("schemas", "WholeRelease"), (*READING, 404), ("If-None-Match",), ("ETag",)),
    Row("/releases/{release}", "delete", "deleteRelease", "Delete a draft", "Changes", None,
        WRITING, ("force",), is_open=False),
    Row("/releases/{release}/publish", "post", "publishRelease",
        "Publish a release: it refuses changes from then on", "Changes",
        ref("schemas", "Release"), WRITING, is_open=False),
    Row("/releases/{release}/history", "get", "getHistory",
        "Who changed what, the newest change first", "Releases",
        {"type": "array", "items": ref("schemas", "Change")}, (*READING, 404),
        ("limit", "skip", "If-None-Match"), _COUNTED),
    Row("/release/create/{release}", "put", "uploadRelease",
        "Upload a file: datasets are created or updated, all or none", "Changes",
        ref("schemas", "Outcome"), WRITING, ("force",), body=_FORM, is_open=False),
    Row("/release/update/{release}", "patch", "updateDatasets", "Correct several datasets",
        "Changes", ref("schemas", "UpdatedMany"), WRITING, ("force",),
        body=content(_SEVERAL), is_open=False),
    Row("/release/update/{release}/{dataset_number}", "patch", "updateDataset",
        "Correct one dataset", "Changes", ref("schemas", "Updated"), WRITING, ("force",),
        body=content(_ONE), is_open=False),
    Row("/weights/{release}", "put", "uploadWeights", "Upload names of weights", "Changes",
        ref("schemas", "Outcome"), WRITING, ("force",),
        body={**content(ref("schemas", "WeightsByNumber")), **_FORM}, is_open=False),
    Row("/weights/dsid/{dsid}", "get", "getWeights", "Get a dataset's weights by tag", "Weights",
        _BY_TAG, (*READING, 404), ("If-None-Match",), ("ETag",)),
    Row("/weights/dsid/{dsid}/tag/{e_tag}", "get", "getWeightsOfTag",
        "Get a dataset's weights of one tag", "Weights", _TEXTS, (*READING, 404),
        ("If-None-Match",), ("ETag",)),
    Row("/weights/dsids/{dsids}", "get", "getWeightsOfDatasets",
        "Get the weights of several datasets", "Weights", ref("schemas", "WeightsByNumber"),
        READING, ("If-None-Match",), ("ETag",)),
)  # fmt: skip
"""Every operation but the export, sessions and the page itself."""


class Document:
    """The document as bytes, made once for each place."""

    def __init__(self, section: ReleasesSection) -> None:
        """Take the mode's section."""
        self._section = section
        self._made = lru_cache(maxsize=4)(self._make)

    def __call__(self, base: str) -> bytes:
        """Return the document of releases that are answered below ``base``."""
        return self._made(base)

    def _make(self, base: str) -> bytes:
        return orjson.dumps(rendered(describe(self._section, base)))


def describe(section: ReleasesSection, base: str) -> APISpec:
    """Return the document within the limits of the section."""
    document = new_document(TITLE, ABOUT, base)
    for name, about in TAGS.items():
        document.tag({"name": name, "description": about})
    for name, schema in schemas().items():
        document.components.schema(name, schema)
    for name, parameter in _parameters(section).items():
        document.components.parameter(name, parameter["in"], parameter)
    operations: dict[str, dict[str, Json]] = {"/releases/{release}/export": {"get": _export()}}
    for row in ROWS:
        operations.setdefault(row.path, {})[row.method] = row.operation()
    sessions = session_operations(allows_anon=False)
    operations["/sessions"] = {method.lower(): found for method, found in sessions.items()}
    for path, found in operations.items():
        document.path(path, operations=found)
    docs_ui.describe(document, "Service")
    return document


def _export() -> Json:
    row = Row("/releases/{release}/export", "get", "exportRelease",
              "Get a whole release as a file, which can be uploaded again", "Releases",
              ref("schemas", "WholeRelease"), (*READING, 404), ("format", "If-None-Match"),
              ("ETag",))  # fmt: skip
    found = row.operation()
    answer = found["responses"]["200"]["content"]
    answer |= {each.media_type: {} for each in Format if each is not Format.JSON}
    return found


def _parameters(section: ReleasesSection) -> Mapping[str, Json]:
    name = {"type": "string", "minLength": 1}
    most = min(section.max_page, LARGEST)
    fields = {"type": "array", "items": {"type": "string", "enum": list(FIELDS)}}
    listed = {"style": "form", "explode": False}
    return {
        "release": _in_path("release", "The name of the release.", "2024r-pp"),
        "key": _in_path("key", "A dataset_number or a physics_short.", "301204"),
        "dataset_number": _in_path("dataset_number", "The number of the dataset.", "301204"),
        "dsid": _in_path("dsid", "The number of a dataset.", "301204"),
        "dsids": _in_path("dsids", "Numbers of datasets, with commas.", "301204,410470"),
        "e_tag": _in_path("e_tag", "The tag of the event generation.", "e3723"),
        "release_name": _in_query("release_name", "Datasets of just this release.", name),
        "where": {
            "name": "where",
            "in": "query",
            "description": PARAMETERS["where"].help,
            "content": content(ref("schemas", "Where")),
        },
        "order": _in_query("order", PARAMETERS["order"].help, {"type": "array", "items": name})
        | listed,
        "fields": _in_query("fields", "Return just these fields, and the number.", fields) | listed,
        "limit": _in_query(
            "limit",
            f"How many at the most, {USUAL_LIMIT} if not given.",
            {"type": "integer", "minimum": 0, "maximum": most},
        ),
        "skip": _in_query(
            "skip", PARAMETERS["skip"].help, {"type": "integer", "minimum": 0, "maximum": LARGEST}
        ),
        "total": _in_query("total", PARAMETERS["total"].help, {"type": "boolean"}),
        "force": _in_query(
            "force", "Change a published release all the same.", {"type": "boolean"}
        ),
        "format": _in_query(
            "format", "The format.", {"type": "string", "enum": [each.suffix for each in Format]}
        ),
        "If-None-Match": {
            "name": "If-None-Match",
            "in": "header",
            "description": "The `ETag` of an answer that the client has.",
            "schema": {"type": "string"},
        },
    }


def _in_path(name: str, description: str, example: str) -> Json:
    schema = {"type": "string", "minLength": 1}
    return {
        "name": name, "in": "path", "required": True, "description": description,
        "schema": schema, "example": example,
    }  # fmt: skip


def _in_query(name: str, description: str, schema: Json) -> Json:
    return {"name": name, "in": "query", "description": description, "schema": schema}
