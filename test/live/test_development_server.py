"""The development server starts again when its source changes, and only if it is told to."""

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from test.support.catalogue import fill
from test.support.configured import environment
from test.support.gunicorn import ROOT
from util.server_process import free_port

SECONDS = 30
GREETING = "DataGateway API OK"


def ping(port: int) -> str:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/ping")
        return connection.getresponse().read().decode()
    except (HTTPException, OSError):
        return ""
    finally:
        connection.close()


def wait_for(port: int, text: str) -> None:
    deadline = time.monotonic() + SECONDS
    while ping(port) != text:
        assert time.monotonic() < deadline, f"it never answered {text}"
        time.sleep(0.1)


@contextmanager
def serving(source: Path, url: str, *, reloads: bool) -> Iterator[int]:
    """Run `serve` on a copy of the program, in a group of processes of its own."""
    shutil.copytree(ROOT / "datagateway_api", source / "datagateway_api")
    port = free_port()
    environ = environment(url, {"flask_reloader": reloads, "port": port})
    process = subprocess.Popen(
        [sys.executable, "-m", "datagateway_api", "serve"],
        cwd=source,
        env={"PYTHONPATH": str(source), **environ},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port, f'"{GREETING}"')
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(SECONDS)


def change_greeting(source: Path) -> None:
    module = source / "datagateway_api" / "catalogue" / "resources.py"
    text = module.read_text()
    assert text.count(GREETING) == 1
    module.write_text(text.replace(GREETING, "changed"))


@pytest.fixture
def url(sqlite_server) -> str:
    url: str = sqlite_server.create_database()
    fill(url)
    return url


def test_a_change_of_the_source_is_served_without_a_restart_by_hand(url, tmp_path):
    with serving(tmp_path, url, reloads=True) as port:
        change_greeting(tmp_path)
        wait_for(port, '"changed"')


def test_without_the_reloader_the_program_stays_what_it_was(url, tmp_path):
    with serving(tmp_path, url, reloads=False) as port:
        change_greeting(tmp_path)
        time.sleep(2)
        assert ping(port) == f'"{GREETING}"'
