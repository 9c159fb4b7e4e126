"""Switching on the search API: PaNOSC's classes as REST below one extension."""

import logging
from collections.abc import Mapping
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final

import orjson
from flask import Flask

from datagateway_api.backends.base import Backend, Credentials
from datagateway_api.backends.factory import backend_for
from datagateway_api.core import icat_schema
from datagateway_api.core.errors import BackendError, BackendUnavailable, ConfigurationError
from datagateway_api.search import mapping_file, resources
from datagateway_api.search.addresses import COUNT, FILES, Canonical, PidConverter
from datagateway_api.search.binding import bind
from datagateway_api.search.errors import as_reference, body_of
from datagateway_api.search.knowing import Knowing
from datagateway_api.search.mapping_file import Faults, MappingFile
from datagateway_api.search.openapi import TITLE, Document
from datagateway_api.search.panosc import ROOTS
from datagateway_api.search.reading import Reader
from datagateway_api.search.science.relevance.builtin import BuiltinScorer
from datagateway_api.search.science.relevance.scorer import Scorer
from datagateway_api.search.science.relevance.service import ServiceScorer
from datagateway_api.search.science.techniques import Hierarchy
from datagateway_api.search.scoring import GROUPS, Scoring
from datagateway_api.search.service import Search
from datagateway_api.search.settings import SearchSection
from datagateway_api.search.visibility import PUBLIC_BY_DATE, Visibility
from datagateway_api.settings import Section
from datagateway_api.web import docs_ui, metrics
from datagateway_api.web.access_log import count_calls
from datagateway_api.web.api import JsonApi
from datagateway_api.web.errors import Shape, add_shape

log = logging.getLogger(__name__)

EXAMPLE: Final = "search_api_mapping.json.example"
NAME: Final = "search"


def mount(app: Flask, section: Section) -> None:
    """Add the search's routes; the catalogue is reached when first needed.

    Raises ConfigurationError with everything that is wrong with the mapping or the techniques.
    """
    assert isinstance(section, SearchSection)
    extension = section.extension
    file = checked_mapping(section.mapping_file)
    backend = backend_for(section)
    metrics.watch(app, NAME, backend)
    search = search_of(section, file, backend)
    app.url_map.converters["pid"] = PidConverter
    api = JsonApi(app)
    for root, entity in ROOTS.items():
        _add(api, resources.Collection, f"{extension}/{root}", search, entity)
        _add(api, resources.Count, f"{extension}/{root}/{COUNT}", search, entity)
        _add(api, resources.Item, f"{extension}/{root}/<pid:pid>", search, entity)
    below = f"{extension}/Datasets/<pid:pid>/{FILES}"
    _add(api, resources.Files, below, search, "File")
    _add(api, resources.FilesCount, f"{below}/{COUNT}", search, "File")
    add_shape(app, Shape(extension, body_of, as_reference))
    docs_ui.mount(
        app,
        NAME,
        extension,
        Document(),
        TITLE,
        status=lambda: orjson.dumps(search.status()),
    )
    app.wsgi_app = Canonical(  # type: ignore[method-assign]
        app.wsgi_app, extension, [docs_ui.FILE]
    )
    app.extensions["datagateway_api.search"] = backend
    count_calls(app, backend.call_count)
    _look_ahead(backend, section)


def checked_mapping(path: str | None) -> MappingFile:
    """Read the mapping file, or the example, and hold all of it against ICAT's newest schema."""
    if path is None:
        with as_file(files("datagateway_api.search").joinpath(EXAMPLE)) as example:
            return _checked(example)
    return _checked(Path(path))


def rules_of(file: MappingFile, *, has_permissions: bool) -> Mapping[str, object]:
    """Return the rules of visibility: the file's, or by date where the backend has none itself."""
    if file.visibility is not None:
        return file.visibility
    return {} if has_permissions else PUBLIC_BY_DATE


def _checked(path: Path) -> MappingFile:
    file = mapping_file.read(path)
    faults = Faults()
    schema = icat_schema.load()
    bind(file, schema, faults)
    Visibility(schema, file.visibility or {}, faults)
    if faults.found:
        raise ConfigurationError([f"{path}: {fault}" for fault in faults.found])
    return file


def search_of(section: SearchSection, file: MappingFile, backend: Backend) -> Search:
    """Put the search together, without HTTP and without connecting."""
    credentials = Credentials(section.mechanism, section.username, section.password)
    reader = Reader(backend, credentials)
    hierarchy = Hierarchy.load(section.panet_file) if section.panet_file else Hierarchy.empty()
    rules = rules_of(file, has_permissions=section.backend == "python_icat")
    knowing = Knowing(file, rules, hierarchy, reader)
    scoring = Scoring(_scorer(section), section.default_score, groups_of(section))
    return Search(reader, knowing, scoring, section.facility)


def groups_of(section: SearchSection) -> Mapping[str, str]:
    """Return the scorer's group of each class that has lists."""
    return {**GROUPS, "Document": section.search_scoring.group}


def _scorer(section: SearchSection) -> Scorer | None:
    scoring = section.search_scoring
    if not scoring.enabled:
        return None
    if scoring.api_url is None:
        return BuiltinScorer(scoring.index_seconds)
    return ServiceScorer(scoring.api_url, seconds=scoring.api_request_timeout, limit=scoring.limit)


def _add(
    api: JsonApi,
    resource: type[resources.SearchResource],
    address: str,
    search: Search,
    entity: str,
) -> None:
    api.add_resource(
        resource,
        address,
        endpoint=f"{NAME}.{entity}.{resource.__name__}",
        resource_class_args=(search, entity),
    )


def _look_ahead(backend: Backend, section: SearchSection) -> None:
    """Look at the catalogue now, so that the first request need not; it may be away."""
    try:
        backend.schema()
    except (BackendError, BackendUnavailable) as error:
        log.warning("the catalogue is away; searches get 503 until it answers: %s", error)
    finally:
        backend.close()
