"""Ends with status 0 when the service answers its ping, 1 when not; for the image's HEALTHCHECK."""

import os
import sys
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import yaml

SETTINGS = Path("/tmp/datagateway-api-settings.yaml")  # noqa: S108 the entry point wrote it
SECONDS = 4
CATALOGUE = "datagateway_api"


def addresses(settings: dict[str, object]) -> Iterator[tuple[str, int]]:
    """Yield what to ask, and the statuses below which an answer is a good one."""
    prefix = settings.get("url_prefix") or ""
    for name, section in settings.items():
        if isinstance(section, dict) and "extension" in section:
            base = f"{prefix}{section['extension']}"
            # Only the catalogue has a ping; of the others any answer shows that they live.
            yield (f"{base}/ping", 300) if name == CATALOGUE else (f"{base}/", 500)


def is_healthy(port: int, address: str, below: int) -> bool:
    """Say whether an address is answered as it should be."""
    connection = HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        connection.request("GET", address)
        return connection.getresponse().status < below
    except (HTTPException, OSError):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    port = int(os.environ.get("PORT", "8000"))
    asked = list(addresses(yaml.safe_load(SETTINGS.read_text())))
    sys.exit(not all(is_healthy(port, *each) for each in asked))
