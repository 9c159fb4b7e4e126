"""ICAT backends over a stand-in for ICAT that serves the small catalogue."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from datagateway_api.backends.base import Backend, Caller, Credentials
from datagateway_api.backends.icat.backend import IcatBackend, Ways
from datagateway_api.backends.icat.clients import Sizes
from datagateway_api.backends.icat.connecting import Access
from test.contract.served import Served
from test.contract.test_database_backend import issue
from test.contract.writing import Writing
from test.support.catalogue import fill
from test.support.icat_server import IcatServer

EVERYBODY_IS_ROOT = ("--root-users", "simple/root anon/anon")
ROOT = Credentials("simple", "root", "root-password")
ALICE = Credentials("simple", "alice", "alice-password")
READER = Credentials("simple", "reader", "reader-password")
SIZES = Sizes()
WAYS = Ways(session_cache_seconds=0)


@dataclass
class ServedIcat(Served):
    """The small catalogue behind a stand-in for ICAT."""

    server: IcatServer
    db_url: str
    ways: Ways = WAYS
    backend: IcatBackend = field(init=False)
    right = ROOT
    wrong = (
        Credentials("simple", "root", "wrong"),
        Credentials("simple", "root", ""),
        Credentials("simple", "root", ROOT.password + " "),
        Credentials("simple", "nobody", ROOT.password),
        Credentials("simple", "", ""),
    )
    life = timedelta(minutes=120)
    user_name = "simple/root"

    def __post_init__(self) -> None:
        self.backend = self.backend_with()

    def another_backend(self) -> Backend:
        return self.backend_with()

    def issue_session(self, user_name: str, life: timedelta) -> str:
        return issue(self.db_url, user_name, life)

    def backend_with(
        self, *, sizes: Sizes = SIZES, timeout: float = 30, **changes: object
    ) -> IcatBackend:
        """Return a further backend that differs in some ways."""
        ways = replace(self.ways, **changes)  # type: ignore[arg-type]
        return IcatBackend(Access(self.server.url, timeout=timeout), sizes, ways)


@contextmanager
def served_icat(folder: Path, *options: str, ways: Ways = WAYS) -> Iterator[ServedIcat]:
    """Have the small catalogue served by a stand-in started with these options."""
    url = f"sqlite:///{folder}/catalogue.sqlite"
    fill(url)
    with IcatServer(folder, url, *options) as server:
        served = ServedIcat(server, url, ways)
        yield served
        served.backend.close()


def caller_of(backend: Backend, credentials: Credentials) -> Caller:
    """Log somebody in."""
    return backend.authenticate(backend.login(credentials))


def writing_as(backend: Backend, credentials: Credentials) -> Writing:
    """Return somebody who reads and writes through a backend."""
    writing = Writing(backend)
    writing.caller = caller_of(backend, credentials)
    return writing
