"""Answers that are sent piece by piece."""

import logging
from collections.abc import Iterator

log = logging.getLogger(__name__)


class Watched(Iterator[bytes]):
    """The pieces of a body, whose failure is logged.

    Its status was sent long before, so all that is left is to cut the answer off: the server
    closes the connection without a proper end, and the client notices.
    """

    def __init__(self, pieces: Iterator[bytes], request_id: str) -> None:
        """Take the pieces, and the id of the request that they answer."""
        self._pieces = pieces
        self._request_id = request_id

    def __next__(self) -> bytes:
        """Return the next piece."""
        try:
            return next(self._pieces)
        except StopIteration:
            raise
        except Exception as error:
            log.error("an answer was cut off [%s]", self._request_id, exc_info=error)
            raise

    def close(self) -> None:
        """Free what the pieces come from, however many were read."""
        close = getattr(self._pieces, "close", None)
        if close is not None:
            close()
