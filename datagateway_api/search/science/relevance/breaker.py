"""A circuit breaker: what has failed repeatedly is left alone for a while."""

import time
from collections.abc import Callable
from threading import Lock
from typing import Final

FAILURES: Final = 3
SECONDS: Final = 30.0


class Breaker:
    """Counts failures in a row; from the third on only one call each half minute gets through."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Take the clock that it waits by."""
        self._clock = clock
        self._lock = Lock()
        self._failures = 0
        self._closed_again = 0.0

    @property
    def is_open(self) -> bool:
        """Whether the last calls failed."""
        with self._lock:
            return self._failures >= FAILURES

    def lets_through(self) -> bool:
        """Say whether to call now; saying yes after failures keeps others off meanwhile."""
        with self._lock:
            if self._failures < FAILURES:
                return True
            now = self._clock()
            if now < self._closed_again:
                return False
            self._closed_again = now + SECONDS
            return True

    def succeeded(self) -> None:
        """Note a call that went well."""
        with self._lock:
            self._failures = 0

    def failed(self) -> None:
        """Note a call that failed."""
        with self._lock:
            self._failures += 1
            self._closed_again = self._clock() + SECONDS
