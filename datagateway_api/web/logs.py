"""Where log lines go: standard output, or a file that is rotated at 5 MB."""

import logging
import sys
from datetime import UTC, datetime

import orjson

from datagateway_api.core.errors import ConfigurationError
from datagateway_api.settings import Settings
from datagateway_api.web.log_files import SharedFile

FILE_BYTES = 5_000_000
FILES_KEPT = 10
LINE = "%(asctime)s %(levelname)s %(name)s: %(message)s"
STANDARD_OUTPUT = ("-", "/dev/stdout")


class JsonLines(logging.Formatter):
    """Writes each log line as one JSON object; an access line's facts are keys of their own."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "access", {}),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return orjson.dumps(line, default=str).decode()


def configure(settings: Settings) -> None:
    """Send the process's log lines to where the settings say. Raises ConfigurationError."""
    handler = _handler(settings.log_location)
    handler.setFormatter(JsonLines() if settings.log_format == "json" else logging.Formatter(LINE))
    logging.basicConfig(level=settings.log_level, handlers=[handler], force=True)


def _handler(location: str) -> logging.Handler:
    if location in STANDARD_OUTPUT:
        return logging.StreamHandler(sys.stdout)
    try:
        return SharedFile(location, maxBytes=FILE_BYTES, backupCount=FILES_KEPT, encoding="utf-8")
    except OSError as error:
        reason = f"log_location: {location} cannot be written to: {error.strerror}"
        raise ConfigurationError([reason]) from error
