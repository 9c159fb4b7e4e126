"""The demo: a mock catalogue made once, served by gunicorn, with a first query shown.

All of it lies in one directory, and deleting that directory starts afresh.
"""

import json
import os
import secrets
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType
from typing import Final
from urllib.parse import urlencode

import click
import yaml

from datagateway_api.demo.modes import MODES, Example
from datagateway_api.demo.place import HOST, USER, Demo
from datagateway_api.settings.source import FILE_VARIABLE, PREFIX

SEED: Final = 1
START_SECONDS: Final = 30
STOP_SECONDS: Final = 5
SHOWN_LINES: Final = 32


def run(demo: Demo) -> None:
    """Prepare, serve and show the demo until Ctrl-C or SIGTERM."""
    _check_port(demo.port)
    try:
        with _signals_as_interrupt():
            demo.directory.mkdir(parents=True, exist_ok=True)
            password = _password(demo.directory / "password")
            _make_catalogue(demo)
            for mode in MODES:
                if mode.prepare is not None:
                    mode.prepare(demo)
            _serve(demo, _write_config(demo, password), password)
    except KeyboardInterrupt:
        click.echo("\nStopped.")


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise click.ClickException(
                f"cannot listen on {HOST}:{port}: {error.strerror}. "
                f"Choose another port: make demo PORT={port + 1}"
            ) from error


@contextmanager
def _signals_as_interrupt() -> Iterator[None]:
    """Let SIGTERM and SIGHUP end the demo as Ctrl-C does."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    numbers = [n for n in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(n) != signal.SIG_IGN]
    before = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _password(file: Path) -> str:
    """The demo user's password: made at the first run, kept where only its owner reads it."""
    if not file.exists():
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            stream.write(f"{secrets.token_hex(6)}\n")
    password = file.read_text().strip()
    if not password:
        raise click.ClickException(f"{file} is empty: delete it, and a new one is made")
    return password


def _make_catalogue(demo: Demo) -> None:
    """Fill a new catalogue beside its final name, so an interrupted one is never served."""
    if demo.catalogue.exists():
        click.echo(f"Keeping the catalogue in {demo.catalogue}.")
        return
    try:
        from util.icat_db_generator import generate
    except ModuleNotFoundError as error:
        raise click.ClickException(
            f"the generator of mock data cannot be imported (no module {error.name}). It lies "
            "in util/ of a checkout and needs the demo dependencies: there, run 'make demo'"
        ) from error
    click.echo(f"Making a mock catalogue of {demo.years} years in {demo.catalogue} …")
    with TemporaryDirectory(dir=demo.directory, prefix="new-") as directory:
        file = Path(directory) / demo.catalogue.name
        generate(f"sqlite:///{file}", seed=SEED, years=demo.years, scale=1, progress=True)
        with closing(sqlite3.connect(file)) as connection:
            # What SQLite still keeps beside the file would not move with it.
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        file.replace(demo.catalogue)


def _write_config(demo: Demo, password: str) -> Path:
    """Write the settings anew, so that they hold even when the directory was moved."""
    settings = {
        "host": HOST,
        "port": demo.port,
        "log_location": str(demo.log),
        **{mode.key: mode.section(demo, password) for mode in MODES},
    }
    file = demo.directory / "config.yaml"
    heading = "# Written anew at every start of the demo: copy it before changing it.\n"
    file.write_text(heading + yaml.safe_dump(settings, sort_keys=False), encoding="utf-8")
    return file


def _serve(demo: Demo, config: Path, password: str) -> None:
    """Run gunicorn, as in production, until it ends or this process is interrupted."""
    environ = {name: v for name, v in os.environ.items() if not name.upper().startswith(PREFIX)}
    environ[FILE_VARIABLE] = str(config)
    package_parent = str(Path(__file__).resolve().parents[2])
    environ["PYTHONPATH"] = os.pathsep.join(
        filter(None, [package_parent, environ.get("PYTHONPATH")])
    )
    command = [sys.executable, "-m", "gunicorn", "-c", "python:datagateway_api.gunicorn_conf"]
    command += ["--bind", f"{HOST}:{demo.port}", "--workers", "1", "--log-level", "warning"]
    # Its own session: Ctrl-C reaches this process alone, which then stops the server in order.
    server = subprocess.Popen(command, env=environ, start_new_session=True)
    try:
        _wait_until_ready(demo, server)
        _introduce(demo, password)
        for mode in MODES:
            _show(demo, mode.example, password)
        click.echo(
            "\nCtrl-C stops it; 'make demo' again keeps the data; "
            f"delete {demo.directory} to start afresh."
        )
        server.wait()
        raise click.ClickException(f"the server ended by itself: see {demo.log}")
    finally:
        _stop(server)


def _stop(server: subprocess.Popen[bytes]) -> None:
    if server.poll() is None:
        server.terminate()
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait_until_ready(demo: Demo, server: subprocess.Popen[bytes]) -> None:
    limit = time.monotonic() + START_SECONDS
    while time.monotonic() < limit:
        if server.poll() is not None:
            raise click.ClickException(f"the server did not start: see above and {demo.log}")
        try:
            _ask(demo, "/ping")
        except ConnectionError:
            time.sleep(0.05)
        else:
            return
    raise click.ClickException(f"no answer after {START_SECONDS} s: see {demo.log}")


def _ask(
    demo: Demo, path: str, *, body: str | None = None, headers: Mapping[str, str] | None = None
) -> str:
    """The text that the demo's own server answers to a GET, or to a POST if there is a body."""
    with closing(HTTPConnection(HOST, demo.port, timeout=START_SECONDS)) as connection:
        connection.request("POST" if body else "GET", path, body, headers or {})
        response = connection.getresponse()
        text = response.read().decode()
    if response.status >= 400:
        raise click.ClickException(f"{path} answered {response.status}: {text} (log: {demo.log})")
    return text


def _credentials(password: str) -> str:
    return json.dumps({"username": USER, "password": password, "mechanism": "simple"})


def _introduce(demo: Demo, password: str) -> None:
    click.echo(f"""
The demo answers at {demo.url}.
User {USER}, password {password}, mechanism simple.

Log in:
  SESSION=$(curl -s {demo.url}/sessions -H 'Content-Type: application/json' \\
    -d '{_credentials(password)}' \\
    | sed 's/.*"sessionID": *"\\([^"]*\\)".*/\\1/')
""")


def _show(demo: Demo, example: Example, password: str) -> None:
    """Print a request, send it, and show how its answer begins."""
    click.echo(f"{example.heading}:\n  {_as_curl(demo, example)}\n")
    headers = _bearer(demo, password) if example.needs_session else {}
    answer = _ask(demo, f"{example.path}?{urlencode(example.parameters)}", headers=headers)
    lines = json.dumps(json.loads(answer), indent=2, ensure_ascii=False).splitlines()
    click.echo("Its answer, laid out" + (" and cut:" if len(lines) > SHOWN_LINES else ":"))
    for line in lines[:SHOWN_LINES]:
        click.echo(f"  {line}")
    if len(lines) > SHOWN_LINES:
        click.echo(f"  … {len(lines) - SHOWN_LINES} more lines")
    click.echo()


def _as_curl(demo: Demo, example: Example) -> str:
    session = ' -H "Authorization: Bearer $SESSION"' if example.needs_session else ""
    first = f"curl -s -G {demo.url}{example.path}{session}"
    parameters = (f"--data-urlencode '{name}={text}'" for name, text in example.parameters.items())
    return " \\\n    ".join([first, *parameters])


def _bearer(demo: Demo, password: str) -> Mapping[str, str]:
    """Log in, and return the header that says so."""
    json_type = {"Content-Type": "application/json"}
    login = json.loads(_ask(demo, "/sessions", body=_credentials(password), headers=json_type))
    return {"Authorization": f"Bearer {login['sessionID']}"}
