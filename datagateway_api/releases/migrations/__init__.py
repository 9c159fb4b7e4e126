"""How the store's tables came to be, revision by revision."""

from pathlib import Path
from typing import Final

from datagateway_api.sql.migrations import Migrations

REMEDY: Final = "datagateway-api releases upgrade"


def migrations() -> Migrations:
    """Return the revisions of the store."""
    return Migrations(Path(__file__).parent, "releases", REMEDY)
