"""Where log lines go: standard output, or a file that is rotated at 5 MB."""

import logging
import sys
from logging.handlers import RotatingFileHandler

from datagateway_api.settings import Settings

FILE_BYTES = 5_000_000
FILES_KEPT = 10
LINE = "%(asctime)s %(levelname)s %(name)s: %(message)s"
STANDARD_OUTPUT = ("-", "/dev/stdout")


def configure(settings: Settings) -> None:
    """Send the process's log lines to where the settings say."""
    if settings.log_location in STANDARD_OUTPUT:
        handler: logging.Handler = logging.StreamHandler(sys.stdout)
    else:
        handler = RotatingFileHandler(
            settings.log_location, maxBytes=FILE_BYTES, backupCount=FILES_KEPT, encoding="utf-8"
        )
    handler.setFormatter(logging.Formatter(LINE))
    logging.basicConfig(level=settings.log_level, handlers=[handler], force=True)
