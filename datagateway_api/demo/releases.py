"""The demo's open-data releases: a synthetic one, made once."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import click

from datagateway_api.core import dates
from datagateway_api.demo.place import USER, Demo
from datagateway_api.releases import weights, writing
from datagateway_api.releases.check import datasets
from datagateway_api.releases.files import Upload
from datagateway_api.releases.history import Author
from datagateway_api.releases.migrations import migrations
from datagateway_api.releases.problems import Problems
from datagateway_api.releases.settings import ReleasesSection
from datagateway_api.releases.store import Store

RELEASE: Final = "2025e-13tev-beta"
"""The client knows the names of releases beforehand, so the demo takes one of them."""

ABOUT: Final = "A synthetic release: no number in it means anything"
SIZE: Final = 200


def make_releases(demo: Demo) -> None:
    """Bring the store up to date; make and fill it first where there is none."""
    if not demo.releases.exists():
        _make(demo)
    migrations().upgrade(f"sqlite:///{demo.releases}")


def _make(demo: Demo) -> None:
    try:
        from util import open_data
    except ModuleNotFoundError as error:
        raise click.ClickException(
            f"the generator of mock data cannot be imported (no module {error.name}). It lies "
            "in util/ of a checkout: there, run 'make demo'"
        ) from error
    click.echo(f"Making a synthetic release of {SIZE} datasets in {demo.releases} …")
    with TemporaryDirectory(dir=demo.directory, prefix="new-") as directory:
        file = Path(directory) / demo.releases.name
        migrations().upgrade(f"sqlite:///{file}")
        store = Store(ReleasesSection(extension="/releases-api", db_url=f"sqlite:///{file}"))
        author = Author(f"simple/{USER}", dates.now())
        rows = datasets(open_data.datasets(SIZE, files=3), Problems())
        names = weights.checked(open_data.weights(SIZE))
        content = Upload(rows, {"description": ABOUT})
        connections = store.connections
        writing.changing(connections, lambda c: writing.upload(c, RELEASE, content, author))
        writing.changing(connections, lambda c: weights.upload(c, RELEASE, names, author))
        writing.changing(connections, lambda c: writing.publish(c, RELEASE, author))
        # What SQLite still keeps beside the file would not move with it.
        connections.run(lambda lease: lease.rows("PRAGMA wal_checkpoint(TRUNCATE)", ()))
        store.close()
        file.replace(demo.releases)
