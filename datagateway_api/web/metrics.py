"""Metrics at a path, where one is configured; without one nothing is loaded or counted."""

from typing import TYPE_CHECKING, Final

from flask import Flask

from datagateway_api.core.errors import ConfigurationError

if TYPE_CHECKING:
    from datagateway_api.web.prometheus import Metrics

_EXTENSION: Final = "datagateway_api.metrics"


def install(app: Flask, path: str) -> None:
    """Count what an app does, and answer Prometheus at a path."""
    from datagateway_api.web.prometheus import Metrics

    metrics = Metrics()
    app.extensions[_EXTENSION] = metrics
    app.before_request(metrics.begin)
    app.after_request(metrics.finish)
    app.add_url_rule(path, "metrics", metrics.page, methods=["GET"])


def check(app: Flask, path: str) -> None:
    """Raise ConfigurationError where something else answers at the path of the metrics."""
    if [rule.rule for rule in app.url_map.iter_rules()].count(path) > 1:
        raise ConfigurationError([f"metrics_path: {path} is an address of the API already"])


def of(app: Flask) -> "Metrics | None":
    """Return the metrics of an app, if it has any."""
    found: Metrics | None = app.extensions.get(_EXTENSION)
    return found
