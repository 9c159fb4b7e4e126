"""Behind a real nginx, with the configuration that the guide shows."""

import json
import re
import shutil
import signal
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from pathlib import Path

import pytest
import yaml

from test.support.bulk import add_datafiles
from test.support.catalogue import fill
from test.support.configured import environment
from test.support.gunicorn import ROOT, Gunicorn
from util.server_process import find_program, free_port

GUIDE = ROOT / "docs" / "guide" / "nginx.md"
PREFIX = "/gateway"
AROUND = """
daemon off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {block}
}}
"""
FILES = 12_000


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", GUIDE.read_text(), re.DOTALL)


class Nginx:
    """A proxy in front of a server, run from a folder."""

    def __init__(self, program: str, server_port: int) -> None:
        self.port = free_port()
        # Its workers are of another user, who cannot enter pytest's folders.
        self._folder = folder = Path(tempfile.mkdtemp(prefix="nginx-"))
        folder.chmod(0o755)
        openssl = shutil.which("openssl")
        if openssl is None:
            pytest.skip("openssl is absent; remedy: install the Debian package openssl")
        subprocess.run(
            [
                *(openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
                *("-subj", "/CN=data.example.org"),
                *("-keyout", str(folder / "key"), "-out", str(folder / "pem")),
            ],
            check=True,
            capture_output=True,
        )
        (block,) = blocks("nginx")
        for shown, used in (
            ("127.0.0.1:8000", f"127.0.0.1:{server_port}"),
            ("listen 443 ssl", f"listen 127.0.0.1:{self.port} ssl"),
            ("/etc/ssl/data.example.org.pem", f"{folder}/pem"),
            ("/etc/ssl/private/data.example.org.key", f"{folder}/key"),
        ):
            assert block.count(shown) == 1
            block = block.replace(shown, used)
        (folder / "nginx.conf").write_text(AROUND.format(folder=folder, block=block))
        self._command = [program, "-p", str(folder), "-c", str(folder / "nginx.conf")]

    def __enter__(self) -> "Nginx":
        tried = subprocess.run([*self._command, "-t"], check=False, capture_output=True, text=True)
        assert tried.returncode == 0, tried.stderr
        self._process = subprocess.Popen(self._command, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 10
        while True:
            try:
                self.ask("/gateway/ping")
            except OSError:
                assert self._process.poll() is None, (self._folder / "error.log").read_text()
                assert time.monotonic() < deadline, "nginx did not start"
                time.sleep(0.05)
            else:
                return self

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(20)
        shutil.rmtree(self._folder)

    def ask(
        self, path: str, method: str = "GET", body: str | None = None, **headers: str
    ) -> tuple[HTTPResponse, bytes]:
        context = ssl._create_unverified_context()
        connection = HTTPSConnection("127.0.0.1", self.port, timeout=30, context=context)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, {"Host": "data.example.org", **named})
        response = connection.getresponse()
        found = response.read()
        connection.close()
        return response, found

    def json(self, path: str, status: int = 200, **options):
        response, body = self.ask(path, **options)
        assert (response.status, response.headers.get_content_type()) == (
            status,
            "application/json",
        )
        return json.loads(body)


@pytest.fixture(scope="module")
def server(sqlite_server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gunicorn]:
    """The service as the guide configures it."""
    url = sqlite_server.create_database()
    fill(url)
    add_datafiles(url, FILES)
    settings = {"url_prefix": PREFIX, "trusted_proxies": 1, "metrics_path": "/metrics"}
    with Gunicorn(tmp_path_factory.mktemp("server"), environment(url, settings)) as server:
        yield server


@pytest.fixture(scope="module")
def program() -> str:
    program = find_program("nginx", "usr/sbin/nginx")
    if program is None:
        pytest.skip("nginx is absent; remedy: install the Debian package nginx-light")
    return program


@pytest.fixture(scope="module")
def proxy(program: str, server: Gunicorn) -> Iterator[Nginx]:
    with Nginx(program, server.port) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def session(proxy: Nginx) -> str:
    login = {"body": '{"mechanism":"anon"}', "method": "POST", "Content_Type": "application/json"}
    return f"Bearer {proxy.json('/gateway/sessions', 201, **login)['sessionID']}"


def test_the_settings_that_the_guide_shows_are_the_ones_tried_here():
    shown = yaml.safe_load(blocks("yaml")[0])
    assert shown == {"url_prefix": PREFIX, "trusted_proxies": 1}


def test_rows_and_failures_come_through(proxy, session):
    found = proxy.json("/gateway/investigations/1?fields=name", Authorization=session)
    assert found["name"] == "INVESTIGATION 1"
    assert proxy.json("/gateway/nothing", 404)["code"] == "not_found"
    assert proxy.json("/gateway/investigations", 401)["code"] == "no_credentials"
    assert proxy.ask("/elsewhere")[0].status == 404


def test_the_request_id_goes_there_and_back(proxy):
    response, _ = proxy.ask("/gateway/ping", X_Request_Id="mine-1")
    assert response.headers["X-Request-Id"] == "mine-1"


def test_the_page_and_the_document_name_addresses_below_the_prefix(proxy):
    assert proxy.json("/gateway/openapi.json")["servers"] == [{"url": "/gateway"}]
    _, page = proxy.ask("/gateway")
    (script,) = re.findall(rb'src="(/gateway/swagger-ui/docs_ui.js)"', page)
    assert proxy.ask(script.decode())[0].status == 200


@pytest.mark.parametrize("name", ["Prefix", "Host", "Proto", "For", "Port"])
def test_forwarding_headers_of_a_client_are_worth_nothing(proxy, name):
    told = {f"X_Forwarded_{name}": "/evil"}
    assert proxy.json("/gateway/openapi.json", **told)["servers"] == [{"url": "/gateway"}]
    assert b"evil" not in proxy.ask("/gateway", **told)[1]


def servers_told(server: Gunicorn) -> object:
    """What the document says when the prefix of a proxy is claimed, without the proxy."""
    request = HTTPConnection("127.0.0.1", server.port, timeout=30)
    request.request("GET", "/gateway/openapi.json", headers={"X-Forwarded-Prefix": "/outer"})
    found = json.loads(request.getresponse().read())["servers"]
    request.close()
    return found


def test_the_headers_count_only_where_a_proxy_is_trusted(server, sqlite_server, tmp_path):
    assert servers_told(server) == [{"url": "/outer/gateway"}]
    url = sqlite_server.create_database()
    fill(url)
    with Gunicorn(tmp_path, environment(url, {"url_prefix": PREFIX})) as untrusting:
        assert servers_told(untrusting) == [{"url": "/gateway"}]


def test_a_long_list_comes_through_whole(proxy, session):
    found = proxy.json("/gateway/datafiles?fields=id", Authorization=session)
    assert len(found) == FILES


def test_a_body_beyond_the_limit_is_refused_in_the_one_shape(proxy):
    body = '{"username": "%s"}' % ("x" * 16_777_216)
    options = {"method": "POST", "body": body, "Content_Type": "application/json"}
    found = proxy.json("/gateway/sessions", 413, **options)
    assert found["code"] == "too_large"


def test_metrics_are_for_the_networks_that_are_allowed(proxy):
    response, body = proxy.ask("/gateway/metrics")
    assert response.status == 200
    assert b"datagateway_requests_total" in body


def test_while_the_service_is_away_the_answer_has_the_one_shape(program):
    with Nginx(program, free_port()) as alone:
        found = alone.json("/gateway/investigations", 503)
        response, _ = alone.ask("/gateway/ping")
    assert (found["code"], found["status"]) == ("backend_unavailable", 503)
    assert found["requestId"]
    assert int(response.headers["Retry-After"]) > 0
    assert response.headers["X-Request-Id"]
