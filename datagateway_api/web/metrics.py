"""Metrics at a path, where one is configured; without one nothing is loaded or counted."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final, Protocol

from flask import Flask

from datagateway_api.core.errors import ConfigurationError

if TYPE_CHECKING:
    from datagateway_api.web.prometheus import Metrics

_EXTENSION: Final = "datagateway_api.metrics"


class Measurable(Protocol):
    """The part of a backend that metrics look at."""

    def pool_state(self) -> Mapping[str, int]:
        """Return how many connections or clients are in which state."""

    def measure(self, observe: Callable[[str, float], None]) -> None:
        """Have each operation tell its name and its seconds."""


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


def watch(app: Flask, mode: str, backend: Measurable) -> None:
    """Count what a mode asks of its backend, if anything is counted."""
    metrics: Metrics | None = app.extensions.get(_EXTENSION)
    if metrics is not None:
        metrics.watch_pool(mode, backend.pool_state)
        backend.measure(metrics.observer(mode))
