"""What reading through ICAT costs this process: python-icat, plain XML, and the backend's roads.

All in CPU time, so that neither ICAT nor the network is in it, and all in one run.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

import icat.client
from lxml import etree

from datagateway_api.backends.base import Credentials
from datagateway_api.backends.icat.backend import IcatBackend, ReadThrough, Ways
from datagateway_api.backends.icat.clients import Sizes
from datagateway_api.backends.icat.connecting import Access
from datagateway_api.backends.icat.jpql.statements import include_clause
from datagateway_api.core.query.check import Checker
from datagateway_api.core.query.model import Asked, Query
from util.benchmark.raw_floor import LEAST, SECONDS

ROOT = Credentials("simple", "root", "root-password")


@dataclass(frozen=True, slots=True)
class IcatCase:
    """One list, as it is asked of the API and of ICAT."""

    name: str
    entity: str
    limit: int
    include: tuple[str, ...] = ()
    endpoint: str = field(default="investigations")

    @property
    def path(self) -> str:
        """The address to ask the API for."""
        parameters: Mapping[str, object] = {"limit": self.limit}
        if self.include:
            listed = ",".join(f'"{name}"' for name in self.include)
            parameters = {**parameters, "include": f"[{listed}]"}
        return f"/{self.endpoint}?{urlencode(parameters, quote_via=quote)}"

    def query(self, backend: IcatBackend) -> Query:
        """Return the checked query."""
        checker = Checker(backend.schema(), max_limit=None, max_depth=10, undoubles=True)
        entity = backend.schema().entities[self.entity]
        return checker.rows(entity, Asked(limit=self.limit, include=self.include))


CASES = (
    IcatCase("datafiles, limit 1000", "Datafile", 1000, endpoint="datafiles"),
    IcatCase("investigations, limit 25", "Investigation", 25),
    IcatCase("… with two includes", "Investigation", 25, ("type", "investigationUsers")),
)


@dataclass(frozen=True, slots=True)
class Costs:
    """CPU milliseconds of one list; ``plain`` parses the SOAP answer and does nothing with it."""

    client_search: float
    plain: float
    soap: float
    rest: float


class IcatFloor:
    """The ways to read a list from one ICAT, measured one after the other."""

    def __init__(self, url: str) -> None:
        """Connect, once with python-icat alone and once on each road."""
        self._client = icat.client.Client(url)
        self._client.login(ROOT.mechanism, {"username": ROOT.username, "password": ROOT.password})
        self._roads = {road: _backend(url, road) for road in (ReadThrough.SOAP, ReadThrough.REST)}
        soap = self._roads[ReadThrough.SOAP]
        self._caller = soap.authenticate(self._client.sessionId)

    def costs(self, case: IcatCase) -> Costs:
        """Measure one case."""
        query = case.query(self._roads[ReadThrough.SOAP])
        text = f"SELECT o FROM {case.entity} o ORDER BY o.id{include_clause(query.include)}"  # noqa: S608 constants
        text += f" LIMIT 0, {case.limit}"
        answer = self._answer(text)
        return Costs(
            client_search=cpu_milliseconds(lambda: self._client.search(text)),
            plain=cpu_milliseconds(lambda: etree.fromstring(answer)),
            soap=cpu_milliseconds(lambda: self._list(ReadThrough.SOAP, query)),
            rest=cpu_milliseconds(lambda: self._list(ReadThrough.REST, query)),
        )

    def close(self) -> None:
        """End the session."""
        self._client.logout()
        for backend in self._roads.values():
            backend.close()

    def _list(self, road: ReadThrough, query: Query) -> None:
        self._roads[road].list(self._caller, query)

    def _answer(self, text: str) -> bytes:
        """Return ICAT's answer to a search as it came."""
        self._client.set_options(retxml=True)
        answer: bytes = self._client.service.search(self._client.sessionId, text)
        self._client.set_options(retxml=False)
        return answer


def cpu_milliseconds(work: Callable[[], object]) -> float:
    """Repeat some work and return this thread's CPU time for one."""
    work()
    repeats, ends, started = 0, time.monotonic() + SECONDS, time.thread_time()
    while repeats < LEAST or time.monotonic() < ends:
        work()
        repeats += 1
    return (time.thread_time() - started) * 1000 / repeats


def _backend(url: str, road: ReadThrough) -> IcatBackend:
    return IcatBackend(Access(url), Sizes(), Ways(read_through=road))
