"""How long the service waits for a request to arrive.

A thread that reads a request does nothing else, so a few clients that send half of one and then
nothing, or a byte now and then, could keep all threads busy for ever.
"""

import select
import socket
import time

SECONDS_TO_START = 10.0
SLOWEST_BYTES_PER_SECOND = 1000
"""What arrives buys more time, so that a large upload over a slow line is not cut off."""


class PatientSocket(socket.socket):
    """A connection on which a request that comes too slowly ends, as if the client had gone."""

    __slots__ = ("_left",)

    def begin(self) -> None:
        """Be ready to wait for a request; only the time spent in waiting counts."""
        self._left = SECONDS_TO_START

    def recv(self, bufsize: int, flags: int = 0, /) -> bytes:
        """Receive what is there; nothing when the time is up."""
        if self.gettimeout() is None and not self._has_come():
            return b""
        received = super().recv(bufsize, flags)
        self._left += len(received) / SLOWEST_BYTES_PER_SECOND
        return received

    def _has_come(self) -> bool:
        poll = select.poll()
        poll.register(self, select.POLLIN)
        started = time.monotonic()
        has_come = bool(poll.poll(self._left * 1000))
        self._left = max(0.0, self._left - (time.monotonic() - started))
        return has_come


def patient(connection: socket.socket) -> PatientSocket:
    """Return a connection as one that waits for requests no longer than it should."""
    if not isinstance(connection, PatientSocket):
        timeout = connection.gettimeout()
        connection = PatientSocket(fileno=connection.detach())
        connection.settimeout(timeout)
    connection.begin()
    return connection
