"""A steady load on a server: requests leave at their times, whether or not others are answered."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from itertools import count
from threading import Event, Lock, Thread

TIMEOUT = 30


@dataclass(frozen=True, slots=True)
class Answer:
    """What one request met: a status and a body, or a failure; times in seconds, monotonic."""

    path: str
    sent: float
    seconds: float
    status: int
    body: bytes
    headers: Mapping[str, str]
    failure: str = ""


class Load:
    """Asks for paths in turn, so many a second, for the length of a `with` block.

    Connections are kept alive as long as the server keeps them, as a proxy or a browser does.
    """

    def __init__(
        self,
        port: int,
        paths: Sequence[str],
        headers: Mapping[str, str],
        *,
        rate: int = 200,
        connections: int = 24,
    ) -> None:
        self.answers: list[Answer] = []
        self._port = port
        self._paths = paths
        self._sent_headers = dict(headers)
        self._rate = rate
        self._tickets = count()
        self._lock = Lock()
        self._ends = Event()
        self._threads = [Thread(target=self._drive) for _ in range(connections)]

    def __enter__(self) -> "Load":
        self._began = time.monotonic()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Send no more, and wait for the answers to what was sent."""
        self._ends.set()
        for thread in self._threads:
            thread.join()

    def failures(self) -> list[Answer]:
        """Return what was lost, or cut off."""
        return [answer for answer in self.answers if answer.failure]

    def _drive(self) -> None:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT)
        while True:
            with self._lock:
                number = next(self._tickets)
            due = self._began + number / self._rate
            if self._ends.wait(max(0.0, due - time.monotonic())):
                connection.close()
                return
            self.answers.append(self._ask(connection, self._paths[number % len(self._paths)]))

    def _ask(self, connection: HTTPConnection, path: str) -> Answer:
        sent = time.monotonic()
        try:
            connection.request("GET", path, headers=self._sent_headers)
            response = connection.getresponse()
            status, body, headers = response.status, response.read(), dict(response.headers)
        except (HTTPException, OSError) as error:
            connection.close()
            failure = f"{type(error).__name__}: {error}"
            return Answer(path, sent, time.monotonic() - sent, 0, b"", {}, failure)
        return Answer(path, sent, time.monotonic() - sent, status, body, headers)
