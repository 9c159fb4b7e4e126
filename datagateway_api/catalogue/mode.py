"""Switching on the catalogue: every ICAT entity as REST below one extension."""

import logging

from flask import Flask
from werkzeug.routing import BaseConverter

from datagateway_api.backends.base import Backend
from datagateway_api.backends.factory import backend_for
from datagateway_api.catalogue.openapi import TITLE, Document
from datagateway_api.catalogue.reader import Reader
from datagateway_api.catalogue.resources import Ping, generate
from datagateway_api.catalogue.settings import CatalogueSection
from datagateway_api.core import icat_schema
from datagateway_api.core.errors import BackendError, BackendUnavailable
from datagateway_api.settings import Section
from datagateway_api.web import docs_ui, metrics
from datagateway_api.web.access_log import count_calls
from datagateway_api.web.api import JsonApi
from datagateway_api.web.errors import Shape, add_shape, body_of
from datagateway_api.web.paths import CaseFolded
from datagateway_api.web.sessions import Sessions

log = logging.getLogger(__name__)


class Int64Converter(BaseConverter):
    """A whole number that a catalogue's id can be."""

    regex = "[0-9]{1,30}"

    def to_python(self, value: str) -> int:
        """Return the number; one too large for any id is taken as the largest."""
        return min(int(value), 2**63 - 1)


def mount(app: Flask, section: Section) -> None:
    """Add the catalogue's routes; the database is connected when first needed."""
    assert isinstance(section, CatalogueSection)
    extension = section.extension
    backend = backend_for(section)
    metrics.watch(app, "catalogue", backend)
    reader = Reader(backend, section)
    app.url_map.converters["int64"] = Int64Converter
    api = JsonApi(app)
    for entity in icat_schema.load().entities.values():
        for resource, address in generate(entity):
            api.add_resource(
                resource,
                extension + address,
                endpoint=f"catalogue.{resource.__name__}",
                resource_class_args=(reader,),
            )
    for plain, name in ((Sessions, "sessions"), (Ping, "ping")):
        api.add_resource(
            plain,
            f"{extension}/{name}",
            endpoint=f"catalogue.{name}",
            resource_class_args=(backend,),
        )
    add_shape(app, Shape(extension, body_of))
    docs_ui.mount(app, "catalogue", extension, Document(backend, section), TITLE)
    segments = {entity.endpoint for entity in icat_schema.load().entities.values()}
    app.wsgi_app = CaseFolded(  # type: ignore[method-assign]
        app.wsgi_app, extension, segments | {"sessions", "ping", docs_ui.FILE}
    )
    app.extensions["datagateway_api.catalogue"] = backend
    count_calls(app, backend.call_count)
    _look_ahead(backend)
    if section.backend == "db":
        log.warning(
            "the database backend has no per-user permissions: "
            "whoever can log in can read everything"
        )


def _look_ahead(backend: Backend) -> None:
    """Look at the catalogue now, so that the first request need not; it may be away."""
    try:
        backend.schema()
    except (BackendError, BackendUnavailable) as error:
        log.warning("the catalogue is away; requests get 503 until it answers: %s", error)
    finally:
        backend.close()
