"""Switching on the open-data releases below one extension."""

import logging
from typing import Final

from flask import Flask

from datagateway_api.core.errors import BackendError, BackendUnavailable
from datagateway_api.releases import changing, reading
from datagateway_api.releases.openapi import TITLE, Document
from datagateway_api.releases.service import ReleasesResource, Service
from datagateway_api.releases.settings import ReleasesSection
from datagateway_api.settings import Section
from datagateway_api.web import docs_ui, metrics
from datagateway_api.web.access_log import count_calls
from datagateway_api.web.api import JsonApi
from datagateway_api.web.errors import Shape, add_shape, body_of
from datagateway_api.web.sessions import Sessions

log = logging.getLogger(__name__)

ROUTES: Final[tuple[tuple[type[ReleasesResource], str], ...]] = (
    (reading.Releases, "/releases"),
    (changing.OneRelease, "/releases/<release>"),
    (changing.Publish, "/releases/<release>/publish"),
    (reading.Export, "/releases/<release>/export"),
    (reading.History, "/releases/<release>/history"),
    (changing.Create, "/release/create/<release>"),
    (changing.UpdateMany, "/release/update/<release>"),
    (changing.UpdateOne, "/release/update/<release>/<path:number>"),
    (reading.Datasets, "/datasets"),
    (reading.LeanDatasets, "/datasets/lean"),
    (reading.DatasetCount, "/datasets/count"),
    (reading.Metadata, "/metadata/<release>/<path:key>"),
    (changing.UploadWeights, "/weights/<release>"),
    (reading.WeightsOfDataset, "/weights/dsid/<dsid>"),
    (reading.WeightsOfTag, "/weights/dsid/<dsid>/tag/<e_tag>"),
    (reading.WeightsOfDatasets, "/weights/dsids/<dsids>"),
)
"""Every resource with its address below the extension."""


def mount(app: Flask, section: Section) -> None:
    """Add the routes; the store is connected when first needed."""
    assert isinstance(section, ReleasesSection)
    service = Service.of(section)
    api = JsonApi(app)
    for resource, address in ROUTES:
        api.add_resource(
            resource,
            section.extension + address,
            endpoint=f"releases.{resource.__name__}",
            resource_class_args=(service,),
        )
    api.add_resource(
        Sessions,
        f"{section.extension}/sessions",
        endpoint="releases.sessions",
        resource_class_args=(service.store,),
    )
    metrics.watch(app, "releases", service.store)
    add_shape(app, Shape(section.extension, body_of))
    docs_ui.mount(app, "releases", section.extension, Document(section), TITLE)
    app.extensions["datagateway_api.releases"] = service
    count_calls(app, service.store.call_count)
    _look_ahead(service)


def _look_ahead(service: Service) -> None:
    """Look at the store now, so that the first request need not; it may be away."""
    try:
        service.connections  # noqa: B018 looks at the store
    except (BackendError, BackendUnavailable) as error:
        log.warning("the releases' store is not ready; requests get 503 until it is: %s", error)
    finally:
        service.store.close()
