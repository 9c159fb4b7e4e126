"""Where one demo keeps its files, and where it answers."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

HOST: Final = "127.0.0.1"
USER: Final = "demo"


@dataclass(frozen=True, slots=True)
class Demo:
    """Where one demo keeps its files (an absolute path), and how it was asked for."""

    directory: Path
    port: int
    years: int

    @property
    def url(self) -> str:
        """The address to query."""
        return f"http://{HOST}:{self.port}"

    @property
    def catalogue(self) -> Path:
        """The SQLite file."""
        return self.directory / "catalogue.db"

    @property
    def db_url(self) -> str:
        """The same as a database URL."""
        return f"sqlite:///{self.catalogue}"

    @property
    def releases(self) -> Path:
        """The SQLite file of the open-data releases."""
        return self.directory / "releases.db"

    @property
    def log(self) -> Path:
        """The file the server logs to."""
        return self.directory / "server.log"
