"""A log file that several worker processes write and rotate together."""

import fcntl
import logging
import os
from logging.handlers import RotatingFileHandler


class SharedFile(RotatingFileHandler):
    """A rotating file, safe between processes that each have a handler for it.

    Whoever finds the file full takes a lock and looks again: another process may have rotated it.
    The others notice that the name stands for a new file, as they do after logrotate.
    """

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line to the file that has the name now."""
        try:
            if self._was_moved():
                self._reopen()
        except OSError:
            self.handleError(record)
        super().emit(record)

    def doRollover(self) -> None:  # noqa: N802 named by the standard library
        """Rotate, unless somebody else just did."""
        # Opened each time: a lock that was inherited would be shared, and so keep nobody out.
        with open(f"{self.baseFilename}.lock", "a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if self._was_moved():
                self._reopen()
            else:
                super().doRollover()

    def _was_moved(self) -> bool:
        """Say whether the name no longer stands for the file that is open."""
        if self.stream is None:
            return False
        opened = os.fstat(self.stream.fileno())
        try:
            named = os.stat(self.baseFilename)
        except FileNotFoundError:
            return True
        return (opened.st_dev, opened.st_ino) != (named.st_dev, named.st_ino)

    def _reopen(self) -> None:
        if self.stream is not None:
            self.stream.close()
        self.stream = self._open()
