"""The service under gunicorn: starting, reloading, stopping, and what never reaches the app."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
import sqlalchemy as sa
import yaml
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.pool import NullPool

from test.support.catalogue import fill
from test.support.configured import environment
from test.support.gunicorn import ROOT, Gunicorn
from test.support.load import Load

SECONDS = 20
HALF_A_BODY = (
    b"POST /sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    b"Content-Length: 100\r\n\r\n{"
)
THREADS = 4
"""Requests that one worker answers at the same time: it may well get them all."""


@pytest.fixture(scope="module")
def url(mariadb_server) -> Iterator[str]:
    """The small catalogue on MariaDB, where a test can make requests wait."""
    url = mariadb_server.create_database()
    fill(url)
    yield url
    mariadb_server.drop_database(url)


@contextmanager
def waiting(url: str) -> Iterator[None]:
    """Have every request for facilities wait for the length of a `with` block."""
    with sa.create_engine(url, poolclass=NullPool).connect() as connection:
        connection.exec_driver_sql("LOCK TABLES FACILITY WRITE")
        yield
        connection.exec_driver_sql("UNLOCK TABLES")


def waiting_requests(url: str) -> int:
    with sa.create_engine(url, poolclass=NullPool).connect() as connection:
        statement = (
            "SELECT COUNT(*) FROM information_schema.processlist "
            "WHERE db = DATABASE() AND state LIKE 'Waiting for table%%lock'"
        )
        return int(connection.exec_driver_sql(statement).scalar_one())


def wait_until(is_so) -> None:
    deadline = time.monotonic() + SECONDS
    while not is_so():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.02)


def ask_and_wait(server: Gunicorn, url: str, pool: ThreadPoolExecutor) -> list[Future]:
    """Send requests, and return when the database has all of them."""
    sent = [pool.submit(server.get, "/facilities") for _ in range(THREADS)]
    wait_until(lambda: waiting_requests(url) == THREADS)
    return sent


@pytest.mark.parametrize("how", [signal.SIGHUP, signal.SIGTERM])
def test_requests_in_flight_are_answered_before_the_workers_go(url, tmp_path, how):
    # Threads to spare: a worker that has all that wait can still answer, whoever accepts what.
    threads = f"--threads={2 * THREADS}"
    with Gunicorn(tmp_path, environment(url, {}), "--workers=2", threads) as server:
        server.log_in()
        # The first answer comes before the second worker is there.
        wait_until(lambda: len(server.workers()) == 2)
        workers = set(server.workers())
        with ThreadPoolExecutor(THREADS) as pool:
            with waiting(url):
                sent = ask_and_wait(server, url, pool)
                server.signal(how)
                if how == signal.SIGHUP:
                    # The new workers answer while the old ones finish.
                    wait_until(lambda: len(set(server.workers()) - workers) == 2)
                    assert server.get("/investigations/count") == 6
                time.sleep(0.3)
            found = [each.result() for each in sent]
        assert [[row["name"] for row in rows] for rows in found] == [["LILS"]] * THREADS
        if how == signal.SIGTERM:
            assert server.stop() == 0
        else:
            wait_until(lambda: workers.isdisjoint(server.workers()))


def sockets(pid: int) -> set[int]:
    """The sockets that a process has open, by the kernel's numbers for them."""
    found = set()
    for each in Path(f"/proc/{pid}/fd").iterdir():
        # One that was closed since it was listed is none.
        with suppress(FileNotFoundError):
            if match := re.fullmatch(r"socket:\[(\d+)\]", os.readlink(each)):
                found.add(int(match[1]))
    return found


def connections_to(port: int) -> set[int]:
    """All sockets of this machine that are connected to a port."""
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return {int(words[9]) for words in lines if words[2].endswith(f":{port:04X}")}


def test_each_worker_has_connections_of_its_own_and_the_parent_has_none(url, tmp_path):
    with Gunicorn(tmp_path, environment(url, {}), "--workers=2") as server:
        server.log_in()
        port = sa.make_url(url).port or 0

        def held() -> list[set[int]]:
            """The connections of each worker."""
            return [sockets(worker) & connections_to(port) for worker in server.workers()]

        with Load(server.port, ["/investigations?limit=1"], server.headers):
            wait_until(lambda: len(held()) == 2 and all(held()))
        first, second = held()
        assert first.isdisjoint(second)
        assert not sockets(server.pid) & connections_to(port)


def settings_file(folder: Path, url: str, **more: object) -> Path:
    section = {"extension": "/", "backend": "db", "db_url": url, "mechanisms": {"anon": True}}
    path = folder / "config.yaml"
    path.write_text(yaml.safe_dump({"datagateway_api": section | more}))
    return path


def test_a_reload_reads_the_settings_again_and_keeps_the_old_ones_if_they_are_wrong(url, tmp_path):
    path = settings_file(tmp_path, url)
    with Gunicorn(tmp_path, {"DATAGATEWAY_API_CONFIG": str(path)}) as server:
        server.log_in()

        def reload() -> int:
            (worker,) = server.workers()
            server.signal(signal.SIGHUP)
            wait_until(lambda: len(server.workers()) == 1 and worker not in server.workers())
            with server.open("/investigations?limit=5") as response:
                return response.status

        settings_file(tmp_path, url, max_limit=3)
        assert reload() == 400
        settings_file(tmp_path, url, max_limit="many")
        assert reload() == 400
        log = server.log.read_text()
        assert "The settings cannot be used, so the old ones stay" in log
        assert "datagateway_api.max_limit: must be a whole number >= 0, got 'many'" in log
        settings_file(tmp_path, url)
        assert reload() == 200


ACTIVATION = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ |= {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1"}
os.execv(sys.executable, [sys.executable, *sys.argv[2:]])
"""


@contextmanager
def activated(held: socket.socket, environ: dict[str, str], log: Path) -> Iterator[None]:
    """Have a server for the length of a `with` block that is given its listening socket."""
    command = [sys.executable, "-c", ACTIVATION, str(held.fileno()), "-m", "gunicorn"]
    command += ["-c", "python:datagateway_api.gunicorn_conf", "--workers=2"]
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            env={"PYTHONPATH": str(ROOT), **environ},
            pass_fds=[held.fileno()],
            stdout=output,
            stderr=output,
        )
    try:
        yield
    finally:
        process.terminate()
        status = process.wait(SECONDS)
    assert status == 0


def test_a_restart_refuses_nobody_where_the_socket_is_held_by_the_system(url, tmp_path):
    """As systemd does it: the listening socket outlives the server that is given it."""
    with socket.create_server(("127.0.0.1", 0), backlog=256) as held:
        port = held.getsockname()[1]
        with Load(port, ["/ping"], {}, rate=100) as load:
            with activated(held, environment(url, {}), tmp_path / "log"):
                wait_until(lambda: load.answers)
                time.sleep(0.5)
            with activated(held, environment(url, {}), tmp_path / "log"):
                load.stop()
    assert load.failures() == []
    assert {(answer.status, answer.body) for answer in load.answers} == {
        (200, b'"DataGateway API OK"')
    }


def test_plain_gunicorn_in_a_checkout_reads_the_settings_that_are_shipped():
    done = subprocess.run(
        [sys.executable, "-m", "gunicorn", "--print-config", "--check-config"],
        cwd=ROOT,
        env={**environment("sqlite:///absent.db", {}), "WEB_CONCURRENCY": "3"},
        capture_output=True,
        text=True,
        check=True,
    )
    found = {line.split("=", 1)[0].strip(): line for line in done.stdout.splitlines()}
    assert "datagateway_api.wsgi" in found["wsgi_app"]
    assert "3" in found["workers"]
    assert "True" in found["preload_app"]


MALFORMED = {
    "no request at all": (b"\xff\xfe\r\n\r\n", 400),
    "a bad method": (b"G(T / HTTP/1.1\r\n\r\n", 400),
    "a header without colon": (b"GET / HTTP/1.1\r\nAuthorization Bearer hidden-1\r\n\r\n", 400),
    "a header with a bad name": (b"GET / HTTP/1.1\r\nAuth (hidden-2): x\r\n\r\n", 400),
    "a header with a null": (b"GET / HTTP/1.1\r\nAuthorization: hidden\x00-3\r\n\r\n", 400),
    "a version of its own": (b"GET / HTTP/9.9\r\n\r\n", 400),
    "a long address": (b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\n\r\n", 414),
    "a long header": (b"GET / HTTP/1.1\r\nX: " + b"x" * 9000 + b"\r\n\r\n", 431),
    "two lengths": (b"GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a server runs."""
    return tmp_path_factory.mktemp("server")


@pytest.fixture(scope="module")
def server(url: str, folder: Path) -> Iterator[Gunicorn]:
    """Two workers with metrics."""
    environ = environment(url, {"metrics_path": "/metrics"})
    environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder / "metrics")
    with Gunicorn(folder, environ, "--workers=2", "--log-level=debug") as server:
        server.log_in()
        yield server


@pytest.mark.parametrize("name", MALFORMED)
def test_what_is_too_malformed_for_the_app_is_answered_in_the_one_shape(server, name):
    sent, status = MALFORMED[name]
    with socket.create_connection(("127.0.0.1", server.port), timeout=SECONDS) as connection:
        connection.sendall(sent)
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, text = received.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    body = json.loads(text)
    assert first.startswith(f"HTTP/1.1 {status} ")
    assert headers["Content-Type"] == "application/json"
    assert int(headers["Content-Length"]) == len(text)
    assert body["status"] == status
    assert body["code"] == ("too_large" if status in (414, 431) else "bad_request")
    assert body["requestId"] == headers["X-Request-Id"]
    log = server.log.read_text()
    assert f"[{headers['X-Request-Id']}]" in log
    assert "hidden" not in log


def is_renewed(server: Gunicorn, old: set[int]) -> bool:
    workers = server.workers()
    return len(workers) == 2 and old.isdisjoint(workers)


def metrics(server: Gunicorn) -> dict[tuple[str, ...], float]:
    with server.open("/metrics") as response:
        text = response.read().decode()
    return {
        (each.name, *(value for _, value in sorted(each.labels.items()))): each.value
        for family in text_string_to_metric_families(text)
        for each in family.samples
    }


def test_clients_that_send_half_of_a_request_keep_nobody_out(sqlite_server, tmp_path):
    url = sqlite_server.create_database()
    fill(url)
    with Gunicorn(tmp_path, environment(url, {}), "--threads=2") as server, ExitStack() as ends:
        for half in (HALF_A_BODY, b"GET /ping HTTP/1.1\r\nHost: x\r\nX"):
            client = socket.create_connection(("127.0.0.1", server.port))
            ends.enter_context(client).sendall(half)
        assert server.get("/ping") == "DataGateway API OK"
    sqlite_server.drop_database(url)


def test_any_worker_tells_the_metrics_of_all_and_of_those_that_have_gone(server, folder):
    name = ("datagateway_requests_total", "GET", "/investigations/count", "200")

    def ask(times: int) -> None:
        for _ in range(times):
            assert server.get("/investigations/count") == 6

    def counted() -> float:
        return metrics(server).get(name, 0) - before

    before = metrics(server).get(name, 0)
    ask(20)
    # A request counts when its answer has been sent, so a moment after it was received.
    wait_until(lambda: counted() == 20)
    assert {counted() for _ in range(10)} == {20}
    for _ in range(2):
        old = set(server.workers())
        server.signal(signal.SIGHUP)
        wait_until(lambda old=old: is_renewed(server, old))
    ask(10)
    wait_until(lambda: counted() == 30)
    wait_until(lambda: metrics(server)["datagateway_requests_in_progress",] == 1)
    after = metrics(server)
    assert len(list((folder / "metrics").glob("counter_*.db"))) <= 3
    # Two workers with a pool of eight each; those that went count no more.
    assert after["datagateway_backend_pool", "catalogue", "most"] in (8, 16)


def test_the_folder_of_the_metrics_goes_with_the_server(url, tmp_path):
    environ = {**environment(url, {"metrics_path": "/metrics"}), "TMPDIR": str(tmp_path / "t")}
    (tmp_path / "t").mkdir()
    with Gunicorn(tmp_path, environ) as server:
        metrics(server)
        (folder,) = (tmp_path / "t").glob("datagateway-api-*")
        assert list(folder.glob("counter_*.db"))
        server.kill_worker()
        wait_until(lambda: folder.is_dir() and server.answers())
        assert folder.is_dir()
    assert not folder.exists()


def test_a_folder_for_metrics_that_the_environment_names_is_made_and_emptied(url, tmp_path):
    folder = tmp_path / "metrics"
    folder.mkdir()
    (folder / "counter_1.db").write_bytes(b"left by a server that was killed")
    environ = {
        **environment(url, {"metrics_path": "/metrics"}),
        "PROMETHEUS_MULTIPROC_DIR": str(folder),
    }
    with Gunicorn(tmp_path, environ) as server:
        found = metrics(server)
        assert found["datagateway_requests_total", "GET", "/ping", "200"] >= 1
    assert folder.is_dir()
