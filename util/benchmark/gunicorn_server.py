"""A server under gunicorn, with the CPU time that its workers have used."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from http.client import HTTPConnection
from pathlib import Path
from types import TracebackType

from util.server_process import free_port

HOST = "127.0.0.1"
CONFIG = "python:datagateway_api.gunicorn_conf"
START_SECONDS = 30
STOP_SECONDS = 10
TICKS = os.sysconf("SC_CLK_TCK")
ROOT = Path(__file__).parents[2]


class GunicornServer:
    """Serves one app from entering a ``with`` block to leaving it."""

    def __init__(
        self, application: str, workers: int, threads: int, environ: Mapping[str, str], log: Path
    ) -> None:
        """Take what gunicorn calls an application, its environment, and a file for what it says."""
        self.port = free_port()
        self._workers = workers
        self._command = [sys.executable, "-m", "gunicorn", application, "--config", CONFIG]
        self._command += ["--bind", f"{HOST}:{self.port}", "--workers", str(workers)]
        self._command += ["--threads", str(threads), "--log-level", "warning"]
        # A worker that is replaced would take its CPU time along.
        self._command += ["--max-requests", "0"]
        self._environ = {**environ, "PYTHONPATH": str(ROOT)}
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address of the server."""
        return f"http://{HOST}:{self.port}"

    def __enter__(self) -> "GunicornServer":
        """Start it, and return when all its workers run and it answers."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, cwd=ROOT, env=self._environ, stdout=log, stderr=log
            )
        ends = time.monotonic() + START_SECONDS
        while len(self.worker_ids()) < self._workers or not self._answers():
            if self._process.poll() is not None or time.monotonic() > ends:
                self._stop()
                raise RuntimeError(f"the server did not start; {self._log} says why")
            time.sleep(0.05)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop it."""
        self._stop()

    def worker_ids(self) -> list[int]:
        """The process ids of the workers."""
        assert self._process is not None
        id_ = self._process.pid
        try:
            return [int(i) for i in Path(f"/proc/{id_}/task/{id_}/children").read_text().split()]
        except FileNotFoundError:
            return []

    def cpu_seconds(self) -> float:
        """The CPU time that the workers have used so far."""
        return sum(_cpu_seconds(id_) for id_ in self.worker_ids())

    def ask(
        self, path: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> tuple[int, bytes]:
        """Return the status and the body of one answer, to a POST if there is a body to send."""
        connection = HTTPConnection(HOST, self.port, timeout=START_SECONDS)
        try:
            connection.request("GET" if body is None else "POST", path, body, dict(headers))
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def _answers(self) -> bool:
        try:
            self.ask("/", {})
        except OSError:
            return False
        return True

    def _stop(self) -> None:
        assert self._process is not None
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _cpu_seconds(process_id: int) -> float:
    """Read utime and stime, the 14th and 15th field of ``stat`` (proc(5)), in clock ticks."""
    stat = Path(f"/proc/{process_id}/stat").read_text()
    # The second field is the program's name in brackets, which may hold spaces.
    fields = stat.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS
