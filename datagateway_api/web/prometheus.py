"""What is counted for Prometheus, and how it is shown.

Under gunicorn each worker counts in files of a folder, and any of them answers for all.
No label comes from a client: addresses that exist count by their pattern, all others as one.
"""

import os
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final, TypeAlias

from flask import Response, g, request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector

from datagateway_api.web import counting_folder

PoolState: TypeAlias = Callable[[], Mapping[str, int]]
"""Returns how many connections or clients of a worker are in which state."""

METHODS: Final = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
OTHER: Final = "other"
NOWHERE: Final = "none"
SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """What one app has counted."""

    def __init__(self) -> None:
        """Start from zero."""
        self.registry = registry = CollectorRegistry()
        self._requests = Counter(
            "datagateway_requests",
            "Requests answered.",
            ("method", "route", "status"),
            registry=registry,
        )
        self._seconds = Histogram(
            "datagateway_request_seconds",
            "Time from the request to the end of its answer.",
            ("route",),
            buckets=SECONDS,
            registry=registry,
        )
        self._current = Gauge(
            "datagateway_requests_in_progress",
            "Requests being answered.",
            registry=registry,
            multiprocess_mode="livesum",
        )
        self._backend = Histogram(
            "datagateway_backend_seconds",
            "Time of a backend's operation, for a long list until its first piece.",
            ("mode", "operation"),
            buckets=SECONDS,
            registry=registry,
        )
        self._pool = Gauge(
            "datagateway_backend_pool",
            "Connections or clients by state, as each worker's last request found and left them.",
            ("mode", "state"),
            registry=registry,
            multiprocess_mode="livesum",
        )
        self._pools: dict[str, PoolState] = {}

    def watch_pool(self, mode: str, state: PoolState) -> None:
        """Show the state of a mode's pool."""
        self._pools[mode] = state

    def observer(self, mode: str) -> Callable[[str, float], None]:
        """Return what takes an operation of a mode's backend and its seconds."""

        def observe(operation: str, seconds: float) -> None:
            self._backend.labels(mode, operation).observe(seconds)

        return observe

    def begin(self) -> None:
        """Count a request in."""
        g.metrics_began = time.perf_counter()
        self._current.inc()
        self._look_at_pools()

    def finish(self, response: Response) -> Response:
        """Count a request out once its answer was sent."""
        method = request.method if request.method in METHODS else OTHER
        route = str(request.url_rule or NOWHERE)
        count = self._requests.labels(method, route, str(response.status_code))
        response.call_on_close(partial(self._end, count, route, g.metrics_began))
        return response

    def page(self) -> Response:
        """Answer Prometheus."""
        encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        if counting_folder.VARIABLE not in os.environ:
            return Response(encode(self.registry), content_type=content_type)
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        with counting_folder.locked(is_changing=False):
            return Response(encode(registry), content_type=content_type)

    def _end(self, count: Counter, route: str, began: float) -> None:
        count.inc()
        self._seconds.labels(route).observe(time.perf_counter() - began)
        self._current.dec()
        self._look_at_pools()

    def _look_at_pools(self) -> None:
        for mode, state in self._pools.items():
            for name, number in state().items():
                self._pool.labels(mode, name).set(number)
