"""The ICAT backend: ICAT's web service asked with the user's own session."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar
from zoneinfo import ZoneInfo

from datagateway_api.backends.base import Backend, Caller, Credentials, Rows, Session
from datagateway_api.backends.first_look import FirstLook
from datagateway_api.backends.icat.clients import Clients, Sizes
from datagateway_api.backends.icat.connecting import Access, Copy, first_client, schema_of
from datagateway_api.backends.icat.errors import translated
from datagateway_api.backends.icat.jpql.statements import Statements
from datagateway_api.backends.icat.reader import Reader
from datagateway_api.backends.icat.records import Row
from datagateway_api.backends.icat.roads import Road, SoapRoad, rest_road
from datagateway_api.backends.icat.searches import ROWS_IN_A_PIECE, Searches
from datagateway_api.backends.icat.sessions import ANON, Sessions
from datagateway_api.backends.icat.soap import CALLS, call
from datagateway_api.backends.icat.values import body_of
from datagateway_api.backends.icat.writes import Writer
from datagateway_api.core import icat_schema
from datagateway_api.core.entities import Entity, Schema
from datagateway_api.core.errors import Forbidden, NotFound, SessionInvalid
from datagateway_api.core.query.model import Query
from datagateway_api.core.writing.model import Change, Draft, Moments

log = logging.getLogger(__name__)


Answer = TypeVar("Answer")


class ReadThrough(Enum):
    """By which of ICAT's interfaces rows are read."""

    AUTO = "auto"
    SOAP = "soap"
    REST = "rest"


@dataclass(frozen=True, slots=True)
class Ways:
    """How queries are put to ICAT and how long its answers about sessions are believed."""

    read_through: ReadThrough = ReadThrough.AUTO
    time_zone: str = "UTC"
    sorts_nulls_first: bool = True
    session_cache_seconds: float = 3.0
    reader: Credentials | None = None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What is known of ICAT once it was reached."""

    schema: Schema
    clients: Clients[Copy]
    sessions: Sessions
    searches: Searches
    reader: Reader | None


class IcatBackend(Backend):
    """One ICAT. Connects when first needed, and again when it was away."""

    def __init__(self, access: Access, sizes: Sizes, ways: Ways) -> None:
        """Prepare, without connecting."""
        self._access = access
        self._sizes = sizes
        self._ways = ways
        self._catalogue = FirstLook(self._look, "the catalogue's ICAT cannot be reached")

    def schema(self) -> Schema:
        return self._catalogue.found().schema

    def ping(self) -> None:
        with translated(), self._catalogue.found().clients.lease(None) as client:
            call(client, "getApiVersion")

    def login(self, credentials: Credentials) -> str:
        with translated():
            return self._catalogue.found().sessions.login(credentials)

    def authenticate(self, session_id: str) -> Caller:
        with translated():
            return self._catalogue.found().sessions.find(session_id)

    def service_caller(self, credentials: Credentials | None = None) -> Caller:
        with translated():
            return self._catalogue.found().sessions.service_caller(credentials or ANON)

    def session(self, caller: Caller) -> Session:
        with self._watched(caller):
            return self._catalogue.found().sessions.read(caller)

    def refresh(self, caller: Caller) -> None:
        with self._watched(caller):
            self._catalogue.found().sessions.refresh(caller)

    def logout(self, caller: Caller) -> None:
        with self._watched(caller):
            self._catalogue.found().sessions.logout(caller)

    def list(self, caller: Caller, query: Query) -> Rows:
        size = min(ROWS_IN_A_PIECE if query.limit is None else query.limit, ROWS_IN_A_PIECE)

        def work(who: Caller, client: Copy) -> Rows:
            searches = self._catalogue.found().searches
            asked = searches.prepared(client, query)
            total = searches.count(client, asked) if query.total else None
            first = searches.page(client, asked, asked.skip, size) if size else []
            is_all = len(first) < ROWS_IN_A_PIECE or query.limit == ROWS_IN_A_PIECE
            return Rows(body_of(first) if is_all else self._pieces(who, asked, first), total)

        return self._ask(caller, query, work)

    def find_one(self, caller: Caller, query: Query) -> bytes:
        def work(_: Caller, client: Copy) -> Sequence[Row]:
            searches = self._catalogue.found().searches
            asked = searches.prepared(client, query)
            return searches.page(client, asked, asked.skip, 1)

        rows = self._ask(caller, query, work) if query.limit != 0 else ()
        if not rows:
            raise NotFound(f"no {query.entity.name} matches")
        return body_of(rows)[1:-1]

    def get(self, caller: Caller, query: Query, id_: int) -> bytes:
        with self._client(caller) as client:
            found = self._catalogue.found().searches.by_ids(
                client, query.entity, [id_], query.include, query.fields
            )
        if id_ not in found:
            raise NotFound(f"there is no {query.entity.name} with id {id_}")
        return body_of([found[id_]])[1:-1]

    def count(self, caller: Caller, query: Query) -> int:
        def work(_: Caller, client: Copy) -> int:
            searches = self._catalogue.found().searches
            return searches.count(client, searches.prepared(client, query))

        return self._ask(caller, query, work)

    def groups(self, caller: Caller, query: Query) -> bytes:
        def work(_: Caller, client: Copy) -> bytes:
            searches = self._catalogue.found().searches
            return body_of(searches.groups(client, searches.prepared(client, query)))

        return self._ask(caller, query, work)

    def create(self, caller: Caller, drafts: Sequence[Draft]) -> bytes:
        with self._client(caller) as client:
            return (
                Writer(client, self._catalogue.found().searches).create(drafts) if drafts else b"[]"
            )

    def update(self, caller: Caller, changes: Sequence[Change]) -> bytes:
        with self._client(caller) as client:
            return (
                Writer(client, self._catalogue.found().searches).update(changes)
                if changes
                else b"[]"
            )

    def delete(
        self, caller: Caller, entity: Entity, id_: int, unmodified: Moments | None = None
    ) -> None:
        with self._client(caller) as client:
            Writer(client, self._catalogue.found().searches).delete(entity, id_, unmodified)

    def call_count(self) -> int:
        return CALLS.count

    def close(self) -> None:
        if self._catalogue.known is not None:
            self._catalogue.known.clients.clear()

    def pool_state(self) -> Mapping[str, int]:
        return self._catalogue.known.clients.state() if self._catalogue.known is not None else {}

    def _ask(self, caller: Caller, query: Query, work: Callable[[Caller, Copy], Answer]) -> Answer:
        """Ask as the reader where it may answer, else, or where it fails, as the user."""
        reader = self._catalogue.found().reader
        with self._watched(caller):
            substitute = reader.for_query(caller, query) if reader is not None else None
        if substitute is not None:
            try:
                with self._client(substitute) as client:
                    return work(substitute, client)
            except Forbidden as error:
                log.error("the reader of use_reader_for_performance was refused: %s", error)
        with self._client(caller) as client:
            return work(caller, client)

    @contextmanager
    def _watched(self, caller: Caller) -> Iterator[None]:
        """Translate ICAT's faults; a session that it does not know any more is forgotten."""
        try:
            with translated():
                yield
        except SessionInvalid:
            self._catalogue.found().sessions.forget(caller.session_id)
            raise

    @contextmanager
    def _client(self, caller: Caller) -> Iterator[Copy]:
        """Lease a client with the caller's session."""
        with (
            self._watched(caller),
            self._catalogue.found().clients.lease(caller.session_id) as client,
        ):
            yield client

    def _pieces(self, caller: Caller, query: Query, first: Sequence[Row]) -> Iterator[bytes]:
        """Yield a long list page by page, each with a client of its own."""
        yield body_of(first)[:-1]
        done, rows = len(first), first
        while len(rows) == ROWS_IN_A_PIECE and done != query.limit:
            left = ROWS_IN_A_PIECE if query.limit is None else query.limit - done
            with self._client(caller) as client:
                size = min(left, ROWS_IN_A_PIECE)
                rows = self._catalogue.found().searches.page(client, query, query.skip + done, size)
            done += len(rows)
            if rows:
                yield b"," + body_of(rows)[1:-1]
        yield b"]"

    def _look(self) -> Catalogue:
        """Connect: learn which entities ICAT has and which interfaces it offers."""
        first = first_client(self._access)
        schema = schema_of(first, icat_schema.load())
        clients = Clients(self._sizes, lambda: Copy(first))
        clients.fill()
        roads: tuple[Road, ...] = (SoapRoad(),)
        if self._ways.read_through is not ReadThrough.SOAP:
            rest = rest_road(first)
            if self._ways.read_through is ReadThrough.REST or rest.is_there(first):
                roads = (rest, *roads)
        zone = ZoneInfo(self._ways.time_zone)
        statements = Statements(schema, zone, sorts_nulls_first=self._ways.sorts_nulls_first)
        log.info(
            "ICAT %s has %d entities; rows are read by %s",
            first.apiversion,
            len(schema.entities),
            "REST" if len(roads) > 1 else "SOAP",
        )
        sessions = Sessions(clients, self._ways.session_cache_seconds)
        searches = Searches(schema, statements, roads)
        account = self._ways.reader
        reader = Reader(account, clients, sessions, searches) if account is not None else None
        return Catalogue(schema, clients, sessions, searches, reader)
