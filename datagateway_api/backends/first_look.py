"""Looking at a catalogue when it is first needed, and again later while it is away."""

import time
from collections.abc import Callable
from threading import Lock
from typing import Final, Generic, TypeVar

from datagateway_api.core.errors import BackendUnavailable

T = TypeVar("T")

SECONDS_BETWEEN_LOOKS: Final = 1.0


class FirstLook(Generic[T]):
    """What one look at a catalogue finds, kept for good; several threads look once.

    While the catalogue is away, no request waits for another attempt sooner than
    ``SECONDS_BETWEEN_LOOKS`` after the last: it gets that one's reason.
    """

    def __init__(self, look: Callable[[], T], problem: str) -> None:
        """Take what looks, and the reason to give before it has failed for the first time."""
        self._look = look
        self._problem = problem
        self._looked = float("-inf")
        self._lock = Lock()
        self.known: T | None = None

    def found(self) -> T:
        """Return what was found; look first where that has not been done.

        Raises BackendUnavailable when the catalogue is away.
        """
        if self.known is not None:
            return self.known
        with self._lock:
            if self.known is None:
                if time.monotonic() - self._looked < SECONDS_BETWEEN_LOOKS:
                    raise BackendUnavailable(self._problem)
                try:
                    self.known = self._look()
                except BackendUnavailable as error:
                    self._problem = error.message
                    raise
                finally:
                    self._looked = time.monotonic()
        return self.known
