"""The stand-in in a process of its own, over any database, for tests and benchmarks."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from util.icat_server.contract import PATH
from util.server_process import free_port

ROOT = Path(__file__).parents[2]
START_SECONDS = 60
STOP_SECONDS = 10
USERS: Mapping[str, object] = {
    "simple": {"root": "root-password", "reader": "reader-password", "alice": "alice-password"},
    "db": {"bob": "bob-password"},
    "anon": True,
}


class IcatServer:
    """One stand-in on a port of its own. Use it in a `with` block.

    `db_url` names the database, whose tables are made where there are none. `users` is what the
    option `--users` reads, and `options` are further words of the command line, such as
    `--root-users "simple/root anon/anon"`, `--seed-catalogue` or `--delay-ms 500`. The server can
    be stopped and started again, on the same port and with the same database, and with another
    delay; `frozen` makes it silent without ending it.

        with IcatServer(tmp_path, f"sqlite:///{tmp_path}/catalogue.sqlite") as server:
            client = icat.Client(server.url)
            client.login("simple", {"username": "root", "password": "root-password"})
    """

    def __init__(
        self, folder: Path, db_url: str, *options: str, users: Mapping[str, object] = USERS
    ) -> None:
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.url = f"{self.base}{PATH}?wsdl"
        self.log = folder / f"icat-server-{self.port}.log"
        # JSON is YAML.
        accounts = folder / f"icat-users-{self.port}.yaml"
        accounts.write_text(json.dumps(users))
        self._command = [sys.executable, "-m", "util.icat_server", "--port", str(self.port)]
        self._command += ["--db-url", db_url, "--users", str(accounts), *options]
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "IcatServer":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self, *more: str) -> None:
        """Start the server, with more options for this time, and wait until it answers."""
        deadline = time.monotonic() + START_SECONDS
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*self._command, *more], cwd=ROOT, stdout=log, stderr=log
            )
        while not self.answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"the stand-in did not start:\n{self.log.read_text()[-2000:]}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop the server; its port then refuses connections."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def restart(self, *more: str) -> None:
        """Stop the server and start it again; sessions are rows of the database and live on."""
        self.stop()
        self.start(*more)

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Have the server stopped for the length of a `with` block."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Have the server accept connections and never answer, for the length of a `with` block."""
        workers = self._workers()
        for worker in workers:
            os.kill(worker, signal.SIGSTOP)
        try:
            yield
        finally:
            for worker in workers:
                os.kill(worker, signal.SIGCONT)

    def answers(self) -> bool:
        """Whether the server accepts requests."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=START_SECONDS)
        try:
            connection.request("GET", f"{PATH}?wsdl")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def _workers(self) -> list[int]:
        assert self._process is not None
        pid = self._process.pid
        return [int(i) for i in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
