"""The composition root: from settings to a Flask app, with nothing shared between two apps."""

import re
from pathlib import Path

from flask import Flask
from flask_cors import CORS
from werkzeug.middleware.proxy_fix import ProxyFix

from datagateway_api.modes import mount_all
from datagateway_api.settings import Settings
from datagateway_api.web import (
    access_log,
    compression,
    docs_ui,
    errors,
    metrics,
    protection,
    request_ids,
)
from datagateway_api.web.paths import Prefixed

PREFLIGHT_SECONDS = 86_400


def _exactly(origin: str) -> str:
    """Return an origin as flask-cors takes it: as a pattern, so it must match itself alone."""
    return origin if origin == "*" else f"^{re.escape(origin)}$"


def create_app(settings: Settings) -> Flask:
    """Build an app with the modes that the settings switch on."""
    app = Flask("datagateway_api", static_folder=None)
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    errors.install(app, shows_unknown=settings.debug_mode)
    request_ids.install(app)
    access_log.install(app)
    protection.install(app, max_url_bytes=settings.max_url_bytes)
    CORS(
        app,
        origins=[_exactly(origin) for origin in settings.cors_origins],
        allow_headers=[
            "Authorization",
            "Content-Type",
            "If-Match",
            "If-None-Match",
            "X-Request-Id",
        ],
        expose_headers=["ETag", "X-Total-Count", "X-Request-Id"],
        max_age=PREFLIGHT_SECONDS,
        send_wildcard=settings.cors_origins == ("*",),
    )
    if settings.metrics_path:
        metrics.install(app, settings.metrics_path)
    compression.install(app)
    mount_all(app, settings)
    if settings.metrics_path:
        metrics.check(app, settings.metrics_path)
    if settings.generate_swagger:
        docs_ui.write_documents(app, Path(settings.swagger_folder), settings.url_prefix)
    if settings.url_prefix:
        app.wsgi_app = Prefixed(app.wsgi_app, settings.url_prefix)  # type: ignore[method-assign]
    if settings.trusted_proxies:
        number = settings.trusted_proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=number, x_proto=number, x_host=number, x_prefix=number
        )
    return app
