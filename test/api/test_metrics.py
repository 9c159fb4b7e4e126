"""Metrics for Prometheus: what is counted, under which labels, and that nothing is when off."""

import subprocess
import sys

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from datagateway_api.core.errors import ConfigurationError
from test.support.catalogue import app_over, client_of
from test.support.configured import configured


@pytest.fixture(scope="module")
def app(sqlite_url):
    return configured(sqlite_url, {"metrics_path": "/metrics"}, connection_pool_size=5)


class Closing(FlaskClient):
    """A client that reads each answer to its end at once, as one over a network does."""

    def open(self, *arguments, **named):
        return super().open(*arguments, **{"buffered": True, **named})


@pytest.fixture
def client(app, monkeypatch):
    monkeypatch.setattr(app, "test_client_class", Closing)
    with client_of(app) as client:
        yield client


def samples(client) -> dict[tuple[str, ...], float]:
    """Every figure, by its name and the values of its labels."""
    response = client.get("/metrics")
    assert response.status_code == 200
    assert response.content_type.startswith("text/plain; version=")
    return {
        (each.name, *(value for _, value in sorted(each.labels.items()))): each.value
        for family in text_string_to_metric_families(response.text)
        for each in family.samples
    }


def grown(client, ask) -> dict[tuple[str, ...], float]:
    """What has grown, and by how much, while something was asked."""
    before = samples(client)
    ask()
    after = samples(client)
    return {name: after[name] - before.get(name, 0) for name in after}


def test_a_request_counts_by_method_route_and_status(client):
    found = grown(client, lambda: [client.get(f"/investigations/{n}") for n in (1, 2, 999)])
    route = "/investigations/<int64:id_>"
    assert found["datagateway_requests_total", "GET", route, "200"] == 2
    assert found["datagateway_requests_total", "GET", route, "404"] == 1
    assert found["datagateway_request_seconds_count", route] == 3
    assert found["datagateway_request_seconds_bucket", "+Inf", route] == 3
    assert found["datagateway_request_seconds_sum", route] > 0


def test_no_label_comes_from_a_client(client):
    def ask():
        for path in ("/secret-1", "/secret-2?x=secret-3", "/metrics/secret-4", "/swagger-ui/s-5"):
            client.get(path)
        client.open("/investigations", method="SECRET-6")
        client.get("/investigations", headers={"Authorization": "Bearer secret-7"})
        client.get("/investigations", headers={"X-Request-Id": "secret-8", "Host": "secret-9"})

    found = grown(client, ask)
    assert found["datagateway_requests_total", "GET", "none", "404"] == 3
    assert found["datagateway_requests_total", "other", "none", "405"] == 1
    assert "secret" not in client.get("/metrics").text.lower()


def test_the_backend_s_operations_are_timed_when_they_fail_too(client):
    def ask():
        client.get("/investigations?limit=1")
        client.get("/investigations/count")
        client.get("/investigations/999")

    found = grown(client, ask)
    counted = {name[2]: n for name, n in found.items() if name[0].endswith("backend_seconds_count")}
    assert counted["list"] == counted["count"] == counted["get"] == 1
    assert counted["authenticate"] == 3
    assert "schema" not in counted


def test_the_pool_shows_how_many_connections_are_in_use_idle_and_allowed(client):
    client.get("/investigations?limit=1")
    found = samples(client)
    assert found["datagateway_backend_pool", "catalogue", "most"] == 5
    assert found["datagateway_backend_pool", "catalogue", "in_use"] == 0
    assert found["datagateway_backend_pool", "catalogue", "idle"] >= 1


def test_a_request_is_in_progress_until_its_last_piece_was_sent(client):
    response = client.get("/investigations", buffered=False)
    assert samples(client)["datagateway_requests_in_progress",] == 2
    response.close()
    assert samples(client)["datagateway_requests_in_progress",] == 1


def test_prometheus_may_ask_for_openmetrics(client):
    accept = {"Accept": "application/openmetrics-text; version=1.0.0"}
    response = client.get("/metrics", headers=accept)
    assert response.content_type.startswith("application/openmetrics-text")
    assert response.text.endswith("# EOF\n")


def test_two_apps_count_for_themselves(app, client, sqlite_url):
    other = configured(sqlite_url, {"metrics_path": "/figures"}).test_client()
    client.get("/ping")
    assert 'route="/ping"' in client.get("/metrics").text
    assert 'route="/ping"' not in other.get("/figures").text


def test_without_a_path_there_are_no_metrics_and_no_hooks(sqlite_url):
    app = app_over(sqlite_url)
    assert app.test_client().get("/metrics").status_code == 404
    backend = app.extensions["datagateway_api.catalogue"]
    assert "list" not in vars(backend)
    hooks = [*app.before_request_funcs[None], *app.after_request_funcs[None]]
    assert not [hook for hook in hooks if "prometheus" in hook.__module__]


def test_without_a_path_the_library_is_not_even_loaded():
    program = "import datagateway_api.app, datagateway_api.catalogue.mode, sys; "
    program += "print('prometheus_client' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert done.stdout == "False\n"


@pytest.mark.parametrize("path", ["/investigations", "/ping", "/openapi.json"])
def test_a_path_that_the_api_has_is_refused(sqlite_url, path):
    with pytest.raises(ConfigurationError, match=f"metrics_path: {path} is an address of the API"):
        configured(sqlite_url, {"metrics_path": path})


def test_each_mode_that_has_a_backend_tells_of_it(sqlite_url):
    search = {"extension": "/search-api", "backend": "db", "db_url": sqlite_url}
    app = configured(sqlite_url, {"metrics_path": "/metrics", "search_api": search})
    client = app.test_client()
    client.get("/search-api/Datasets", buffered=True)
    found = samples(client)
    pools = {name[1] for name in found if name[0] == "datagateway_backend_pool"}
    timed = {name[1] for name in found if name[0] == "datagateway_backend_seconds_count"}
    assert (pools, timed) == ({"catalogue", "search"}, {"search"})
