"""The service as it runs in production: under gunicorn, in processes of its own."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

from util.server_process import free_port

ROOT = Path(__file__).parents[2]
START_SECONDS = 30


class Gunicorn:
    """One server with one worker unless `options` say otherwise; `environ` holds its settings.

    Use it in a `with` block.
    """

    def __init__(self, folder: Path, environ: Mapping[str, str], *options: str) -> None:
        self.port = free_port()
        self.log = folder / "gunicorn.log"
        self.seconds_to_first_answer = 0.0
        self._environ = {"PATH": "", "PYTHONPATH": str(ROOT), **environ}
        self._command = [sys.executable, "-m", "gunicorn"]
        self._command += ["-c", "python:datagateway_api.gunicorn_conf"]
        self._command += ["--workers=1", f"--bind=127.0.0.1:{self.port}", *options]
        self._folder = folder
        self.headers: dict[str, str] = {}

    def __enter__(self) -> "Gunicorn":
        started = time.monotonic()
        self._process = self._start()
        while not self.answers():
            if self._process.poll() is not None or time.monotonic() - started > START_SECONDS:
                self._process.kill()
                raise RuntimeError(f"gunicorn did not start:\n{self.log.read_text()}")
            time.sleep(0.01)
        self.seconds_to_first_answer = time.monotonic() - started
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> int:
        """Stop the server as an operator does, and return its exit status."""
        self._process.terminate()
        return self._process.wait(START_SECONDS)

    def _start(self) -> "subprocess.Popen[bytes]":
        with self.log.open("ab") as log:
            return subprocess.Popen(
                self._command, stdout=log, stderr=log, cwd=self._folder, env=self._environ
            )

    def open(self, path: str, method: str = "GET", body: str | None = None) -> HTTPResponse:
        """Ask for something, under the session of `log_in`; read or close what is returned."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Connection": "close", "Content-Type": "application/json", **self.headers}
        try:
            connection.request(method, path, body, headers)
            return connection.getresponse()
        except BaseException:
            connection.close()
            raise

    def get(self, path: str) -> object:
        """Ask for something, and return the JSON of the answer."""
        with self.open(path) as response:
            assert response.status == 200
            return json.loads(response.read())

    def log_in(self) -> None:
        """Open an anonymous session, and use it from now on."""
        with self.open("/sessions", "POST", '{"mechanism":"anon"}') as response:
            session_id = json.loads(response.read())["sessionID"]
        self.headers["Authorization"] = f"Bearer {session_id}"

    def signal(self, how: signal.Signals) -> None:
        """Send a signal to the server, not to its workers."""
        self._process.send_signal(how)

    def memory(self, name: str) -> int:
        """Return a figure of the worker's memory, such as VmRSS or VmHWM, in bytes."""
        status = Path(f"/proc/{self._worker()}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith(f"{name}:"))
        return int(line.split()[1]) * 1024

    def processor_seconds(self) -> float:
        """Return how long the worker has worked so far, without waiting."""
        fields = Path(f"/proc/{self._worker()}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def kill_worker(self) -> None:
        """Kill the worker, which cannot do anything about it; the server starts another."""
        os.kill(int(self._worker()), signal.SIGKILL)

    def forget_peak(self) -> None:
        """Let VmHWM count from now."""
        Path(f"/proc/{self._worker()}/clear_refs").write_text("5")

    def _worker(self) -> str:
        return str(self.workers()[0])

    def workers(self) -> list[int]:
        """Return the process ids of the workers."""
        pid = self._process.pid
        return [int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    @property
    def pid(self) -> int:
        """The process id of the server, whose children the workers are."""
        return self._process.pid

    def answers(self) -> bool:
        """Whether the server accepts requests."""
        try:
            with self.open("/ping") as response:
                return response.status == 200
        except OSError:
            return False
