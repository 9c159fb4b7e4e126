"""The ICAT backend keeps the contract, over HTTP against a stand-in for ICAT; and what it adds."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from datagateway_api.backends.base import Backend, Credentials
from datagateway_api.backends.icat.backend import IcatBackend, ReadThrough, Ways
from datagateway_api.backends.icat.clients import Sizes
from datagateway_api.backends.icat.connecting import Access
from datagateway_api.core.errors import BadRequest
from test.contract.backend_contract import BackendContract
from test.contract.promises_creating import TEXTS
from test.contract.reference import small_catalogue, wire_text
from test.contract.served import Served
from test.contract.test_database_backend import issue
from test.contract.writing import Writing
from test.contract.writing_contract import WritingContract
from test.support.catalogue import fill
from test.support.icat_server import IcatServer

ALL_ARE_ROOT = ("--root-users", "simple/root anon/anon")
SIZES = Sizes()
RIGHT = Credentials("simple", "root", "root-password")


@dataclass
class ServedIcat(Served):
    """The small catalogue behind a stand-in for ICAT, read through one of its interfaces."""

    server: IcatServer
    db_url: str
    read_through: ReadThrough
    backend: IcatBackend
    right = RIGHT
    wrong = (
        Credentials("simple", "root", "wrong"),
        Credentials("simple", "root", ""),
        Credentials("simple", "root", RIGHT.password + " "),
        Credentials("simple", "nobody", RIGHT.password),
        Credentials("simple", "", ""),
    )
    life = timedelta(minutes=120)
    user_name = "simple/root"

    def another_backend(self) -> Backend:
        return backend_of(self.server, self.read_through)

    def issue_session(self, user_name: str, life: timedelta) -> str:
        return issue(self.db_url, user_name, life)


def backend_of(
    server: IcatServer,
    read_through: ReadThrough = ReadThrough.AUTO,
    *,
    cache_seconds: float = 0,
    sizes: Sizes = SIZES,
    timeout: float = 30,
) -> IcatBackend:
    """Return a backend over a stand-in that by default looks sessions up every time."""
    ways = Ways(read_through, session_cache_seconds=cache_seconds)
    return IcatBackend(Access(server.url, timeout=timeout), sizes, ways)


def serve(folder: Path, read_through: ReadThrough) -> Iterator[ServedIcat]:
    url = f"sqlite:///{folder}/catalogue.sqlite"
    fill(url)
    with IcatServer(folder, url, *ALL_ARE_ROOT) as server:
        backend = backend_of(server, read_through)
        yield ServedIcat(server, url, read_through, backend)
        backend.close()


@pytest.fixture(scope="module", params=[ReadThrough.REST, ReadThrough.SOAP], ids=lambda w: w.value)
def icat(request, tmp_path_factory) -> Iterator[ServedIcat]:
    yield from serve(tmp_path_factory.mktemp("icat"), request.param)


class TestIcatBackend(BackendContract):
    """The contract, kept by the ICAT backend on both roads."""

    @pytest.fixture
    def served(self, icat: ServedIcat) -> Served:
        return icat

    def test_every_value_comes_in_the_form_of_its_type(self, ask):
        """As in the contract, but for what ICAT itself answers otherwise."""
        world = small_catalogue(ask.backend.schema())
        for name, rows in world.rows.items():
            fields = ask.entity(name).fields.values()
            wanted = [
                {f.name: as_icat_answers(ask.backend, f, row[f.name]) for f in fields}
                for row in rows.values()
            ]
            assert ask.rows(name) == wanted


def as_icat_answers(backend: IcatBackend, field, value):
    """Return a value as ICAT sends it: a null size as 0, and by SOAP no control characters."""
    if value is None and field.name in ("fileSize", "fileCount"):
        return 0
    if value is None or isinstance(value, bool | int | float):
        return value
    is_soap = backend._ways.read_through is ReadThrough.SOAP
    return wire_text(field, value).replace("\x01", "\ufffd" if is_soap else "\x01")


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Iterator[ServedIcat]:
    yield from serve(tmp_path_factory.mktemp("written"), ReadThrough.AUTO)


class TestIcatWriting(WritingContract):
    """The contract of writing, kept by the ICAT backend."""

    @pytest.fixture
    def served(self, written: ServedIcat) -> Served:
        return written

    @pytest.mark.parametrize("text", TEXTS)
    def test_a_text_is_kept_as_it_is(self, write: Writing, text):
        """As in the contract, but for what XML cannot carry to ICAT: it is refused, not changed."""
        if "\x01" not in text:
            super().test_a_text_is_kept_as_it_is(write, text)
            return
        with pytest.raises(BadRequest, match=r"cannot take the character U\+0001"):
            write.create("Study", {"name": "any", "description": text})
        super().test_a_text_is_kept_as_it_is(write, text.replace("\x01", "").replace("\x1f", ""))
