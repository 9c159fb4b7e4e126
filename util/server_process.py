"""Server programs run from a temporary folder, under an account that they accept."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

START_SECONDS = 60
STOP_SECONDS = 30


class ServerProcess:
    """One server program, which can be stopped and started again on the same port and data."""

    def __init__(self, account: str, place: Path | None = None) -> None:
        """Make a folder for the server, in the place given or where temporary files go."""
        # Database servers refuse to run as root.
        self._account = account if os.geteuid() == 0 else None
        self.account = self._account or pwd.getpwuid(os.geteuid()).pw_name
        self.folder = Path(tempfile.mkdtemp(prefix="catalogue-", dir=place))
        self.port = free_port()
        self._log = self.folder / "server.log"
        self._command: Sequence[str] = ()
        self._answers: Callable[[], bool] = lambda: True
        self._process: subprocess.Popen[bytes] | None = None
        self._own(self.folder)

    def write(self, name: str, text: str) -> Path:
        """Write a file that the server reads."""
        path = self.folder / name
        path.write_text(text)
        self._own(path)
        return path

    def run(self, command: Sequence[str]) -> None:
        """Run a program to its end, under the server's account."""
        if self._spawn(command).wait(START_SECONDS):
            raise RuntimeError(f"{command[0]} failed:\n{self._log_tail()}")

    def serve(self, command: Sequence[str], answers: Callable[[], bool]) -> None:
        """Start the server; `answers` tells whether it accepts connections yet."""
        self._command, self._answers = command, answers
        self.start()

    def start(self) -> None:
        """Start the server and wait until it accepts connections."""
        self._process = self._spawn(self._command)
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop(signal.SIGKILL)
                raise RuntimeError(f"{self._command[0]} did not start:\n{self._log_tail()}")
            time.sleep(0.05)

    def stop(self, how: signal.Signals) -> None:
        """Stop the server by a signal, as far as it runs."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(STOP_SECONDS)
            self._process = None

    def remove(self) -> None:
        """Remove the folder with all data."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _own(self, path: Path) -> None:
        if self._account:
            shutil.chown(path, self._account, self._account)

    def _spawn(self, command: Sequence[str]) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            # A session of its own: Ctrl-C is for the tests, which then stop the server.
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                user=self._account,
                group=self._account,
                extra_groups=[] if self._account else None,
                start_new_session=True,
            )

    def _log_tail(self) -> str:
        return self._log.read_text(errors="replace")[-2000:]


def free_port() -> int:
    """Return a loopback port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def find_program(name: str, *patterns: str) -> str | None:
    """Return the path of a program on PATH or, failing that, the last match of these patterns."""
    matches = [str(path) for pattern in patterns for path in sorted(Path("/").glob(pattern))]
    return shutil.which(name) or next(reversed(matches), None)
