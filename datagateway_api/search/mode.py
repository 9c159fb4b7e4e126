"""Switching on the search API: PaNOSC's classes as REST below one extension."""

import logging
from typing import Final

import orjson
from flask import Flask

from datagateway_api.backends.base import Backend
from datagateway_api.backends.factory import backend_for
from datagateway_api.core.errors import BackendError, BackendUnavailable, ConfigurationError
from datagateway_api.search import resources
from datagateway_api.search.addresses import COUNT, FILES, Canonical, PidConverter
from datagateway_api.search.errors import as_reference, body_of
from datagateway_api.search.openapi import TITLE, Document
from datagateway_api.search.panosc import ROOTS
from datagateway_api.search.parts import Parts, parts_of
from datagateway_api.search.service import Search
from datagateway_api.search.settings import SearchSection
from datagateway_api.settings import Section
from datagateway_api.web import docs_ui, metrics
from datagateway_api.web.access_log import count_calls
from datagateway_api.web.api import JsonApi
from datagateway_api.web.errors import Shape, add_shape

log = logging.getLogger(__name__)

NAME: Final = "search"


def mount(app: Flask, section: Section) -> None:
    """Add the search's routes; the catalogue is reached when first needed.

    Raises ConfigurationError with everything that is wrong with what the section names.
    """
    assert isinstance(section, SearchSection)
    extension = section.extension
    _check_neighbours(app, extension)
    parts = parts_of(section)
    backend = backend_for(section)
    metrics.watch(app, NAME, backend)
    search = parts.search(section, backend)
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
    _warn(parts, section)


def _check_neighbours(app: Flask, extension: str) -> None:
    """Refuse an extension whose addresses another mode has: capitals do not matter in either."""
    own = [f"{extension}/{name}".lower() for name in (*ROOTS, docs_ui.FILE, docs_ui.FOLDER)]
    for rule in app.url_map.iter_rules():
        taken = rule.rule.lower()
        is_ours = any(taken == each or taken.startswith(each + "/") for each in own)
        if is_ours or taken.rstrip("/") == extension.lower() != "":
            reason = f"its addresses would hide {rule.rule}, which another mode has"
            raise ConfigurationError([f"search_api.extension: {reason}"])


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


def _warn(parts: Parts, section: SearchSection) -> None:
    """Say where ICAT's own rules alone do not hide everything."""
    if section.backend == "python_icat" and parts.file.visibility is None:
        log.warning(
            "the mapping has no 'visibility', and ICAT does not check the rows that a condition "
            "merely mentions: say there what is public, lest conditions find out about the rest"
        )
