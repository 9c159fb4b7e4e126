"""One stand-in for ICAT with real clients of it, for the tests of this folder."""

from collections.abc import Iterator

import icat
import pytest

from test.support.icat_server import IcatServer

ROOT = {"username": "root", "password": "root-password"}
ZONE = "Europe/Berlin"


@pytest.fixture(scope="session")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IcatServer]:
    """A stand-in over a fresh SQLite file, in Berlin."""
    folder = tmp_path_factory.mktemp("stand-in")
    url = f"sqlite:///{folder}/catalogue.sqlite"
    with IcatServer(folder, url, "--time-zone", ZONE) as server:
        yield server


@pytest.fixture(scope="session")
def root(stand_in: IcatServer) -> Iterator[icat.Client]:
    """A client of the user who may do everything."""
    client = icat.Client(stand_in.url)
    client.login("simple", ROOT)
    yield client
    client.logout()


@pytest.fixture
def facility(root: icat.Client) -> icat.entity.Entity:
    """A facility."""
    made = root.new("Facility", name="ESNF", daysUntilRelease=5)
    made.create()
    return made


@pytest.fixture
def clean(root: icat.Client) -> Iterator[None]:
    """Leaves the catalogue as empty as it was: all else hangs on these."""
    yield
    for entity in ("Facility", "User", "Rule", "PublicStep", "Grouping"):
        root.deleteMany(root.search(f"SELECT o FROM {entity} o"))
