"""The database backend: ICAT's tables read with SQL, without ICAT's permissions."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from datagateway_api.accounts.sessions import SessionRules, Sessions, SessionStatements
from datagateway_api.backends.base import Backend, Caller, Credentials, Rows, Session
from datagateway_api.backends.database.compile import Compiler
from datagateway_api.backends.database.plans import Plan, Plans
from datagateway_api.backends.database.rows import ROWS_IN_A_PIECE, array, fetch, pieces, texts
from datagateway_api.backends.database.tables import MissingTables, Tables, inspect_tables
from datagateway_api.backends.database.writes import Read, Writer
from datagateway_api.backends.first_look import FirstLook
from datagateway_api.core import icat_schema
from datagateway_api.core.entities import Entity, Schema
from datagateway_api.core.errors import BackendUnavailable, NotFound
from datagateway_api.core.query.model import Include, Query
from datagateway_api.core.writing.model import Change, Draft, Moments, written_tree
from datagateway_api.sql.connections import Connections, Lease, Limits
from datagateway_api.sql.dialects import prepare_dialect
from datagateway_api.sql.errors import translated
from datagateway_api.sql.streams import Row, Stream

log = logging.getLogger(__name__)

SERVICE = Caller(session_id="", user_name="anon/anon")
"""The service itself: reading needs no session here, since the database knows no permissions."""


@dataclass(frozen=True)
class Catalogue:
    """What is known of the database once it was looked at."""

    tables: Tables
    plans: Plans
    sessions: SessionStatements
    writer: Writer


class DatabaseBackend(Backend):
    """One catalogue's database. Connects when first needed, and again when it was away."""

    def __init__(self, db_url: str, limits: Limits, rules: SessionRules) -> None:
        """Prepare, without connecting."""
        self._connections = Connections(db_url, limits)
        self._sessions = Sessions(self._connections, rules)
        self._catalogue = FirstLook(self._look, "the database cannot be reached")

    def schema(self) -> Schema:
        return self._catalogue.found().tables.schema

    def ping(self) -> None:
        self._connections.run(lambda lease: lease.rows("SELECT 1", ()))

    def login(self, credentials: Credentials) -> str:
        return self._sessions.login(credentials, self._catalogue.found().sessions)

    def authenticate(self, session_id: str) -> Caller:
        session = self._sessions.find(session_id, self._catalogue.found().sessions)
        return Caller(session.id, session.user_name)

    def service_caller(self, credentials: Credentials | None = None) -> Caller:
        return SERVICE

    def session(self, caller: Caller) -> Session:
        return self._sessions.read(caller.session_id, self._catalogue.found().sessions)

    def refresh(self, caller: Caller) -> None:
        self._sessions.refresh(caller, self._catalogue.found().sessions)

    def logout(self, caller: Caller) -> None:
        self._sessions.logout(caller, self._catalogue.found().sessions)

    def list(self, caller: Caller, query: Query) -> Rows:
        plans = self._catalogue.found().plans
        plan, values = plans.rows(query), plans.values(query)
        total = self.count(caller, query) if query.total else None
        if query.limit == 0:
            return Rows(b"[]", total)
        if query.limit is None or query.limit > ROWS_IN_A_PIECE:
            return Rows(self._connections.run(lambda lease: self._long(lease, plan, values)), total)
        return Rows(self._connections.run(lambda lease: self._short(lease, plan, values)), total)

    def find_one(self, caller: Caller, query: Query) -> bytes:
        plans = self._catalogue.found().plans
        if query.limit == 0:
            raise NotFound(f"no {query.entity.name} matches")
        values = {**plans.values(query), "limit": 1}
        return self._one(_limited(plans, query), values, f"no {query.entity.name} matches")

    def get(self, caller: Caller, query: Query, id_: int) -> bytes:
        plan = self._catalogue.found().plans.one(query)
        return self._one(plan, {"id": id_}, f"there is no {query.entity.name} with id {id_}")

    def count(self, caller: Caller, query: Query) -> int:
        plans = self._catalogue.found().plans
        plan, values = plans.count(query), plans.values(query)
        parameters = plan.prepared.parameters(values)
        rows = self._connections.run(lambda lease: lease.rows(plan.prepared.sql, parameters))
        return int(rows[0][0])

    def groups(self, caller: Caller, query: Query) -> bytes:
        plans = self._catalogue.found().plans
        plan, values = plans.groups(query), plans.values(query)
        return self._connections.run(lambda lease: self._short(lease, plan, values))

    def create(self, caller: Caller, drafts: Sequence[Draft]) -> bytes:
        if not drafts:
            return b"[]"
        read = self._reader(drafts[0].entity, written_tree(drafts))
        return self._catalogue.found().writer.create(caller.user_name, drafts, read)

    def update(self, caller: Caller, changes: Sequence[Change]) -> bytes:
        if not changes:
            return b"[]"
        read = self._reader(changes[0].entity, ())
        return self._catalogue.found().writer.update(caller.user_name, changes, read)

    def delete(
        self, caller: Caller, entity: Entity, id_: int, unmodified: Moments | None = None
    ) -> None:
        self._catalogue.found().writer.delete(entity, id_, unmodified)

    def call_count(self) -> int:
        return self._connections.clock.statements.count

    def pool_state(self) -> Mapping[str, int]:
        return self._connections.state()

    def close(self) -> None:
        self._connections.close()

    def _look(self) -> Catalogue:
        """Find out which tables, columns and collations the database has."""
        engine = self._connections.engine
        dialect = self._connections.dialect
        with translated(), engine.connect() as connection:
            try:
                tables = inspect_tables(connection, icat_schema.load())
            except MissingTables as error:
                raise BackendUnavailable(
                    "the database holds no ICAT catalogue; make one with create-catalogue"
                ) from error
            prepare_dialect(dialect, connection)
        log.info("the database holds %d of ICAT's entities", len(tables.schema.entities))
        plans = Plans(Compiler(tables, dialect), engine.dialect)
        return Catalogue(
            tables,
            plans,
            SessionStatements(tables.sessions, engine.dialect, self._connections),
            Writer(self._connections, tables),
        )

    def _reader(self, entity: Entity, includes: tuple[Include, ...]) -> Read:
        """Return what reads the entities of some ids as an array, in the order of the ids."""
        plan, place = self._catalogue.found().plans.by_ids(entity, includes)
        dialect = self._connections.dialect

        def read(lease: Lease, ids: Sequence[int]) -> bytes:
            found: dict[int, str] = {}
            for start in range(0, len(ids), ROWS_IN_A_PIECE):
                wanted = dialect.bind_list(ids[start : start + ROWS_IN_A_PIECE])
                parameters = plan.prepared.parameters({"ids": wanted})
                rows = lease.rows(plan.prepared.sql, parameters)
                written = texts(lease, plan, rows, dialect)
                found |= {row[place]: text for row, text in zip(rows, written, strict=True)}
            return array(found[id_] for id_ in ids)

        return read

    def _short(self, lease: Lease, plan: Plan, values: dict[str, object]) -> bytes:
        """Return all rows at once; with includes, all from one moment."""
        if not plan.includes:
            return fetch(lease, plan, values, self._connections.dialect)
        with lease.snapshot():
            return fetch(lease, plan, values, self._connections.dialect)

    def _one(self, plan: Plan, values: dict[str, object], absent: str) -> bytes:
        found = self._connections.run(lambda lease: self._short(lease, plan, values))
        if found == b"[]":
            raise NotFound(absent)
        return found[1:-1]

    def _long(self, lease: Lease, plan: Plan, values: dict[str, object]) -> bytes | Iterator[bytes]:
        """Return the rows at once where they fit into one piece, else piece by piece."""
        dialect = self._connections.dialect
        prepared = plan.prepared
        stream = lease.stream(prepared.sql, prepared.parameters(values), ROWS_IN_A_PIECE)
        first = next(stream, ())
        if len(first) < ROWS_IN_A_PIECE:
            for _ in stream:
                pass
            return array(texts(lease, plan, first, dialect))
        lease.is_kept = True
        second = self._connections.lease() if plan.includes else lease
        flow = self._flow(lease, second, plan, first, stream)
        next(flow)
        return flow

    def _flow(
        self, lease: Lease, second: Lease, plan: Plan, first: Sequence[Row], stream: Stream
    ) -> Iterator[bytes]:
        """Yield the pieces; a connection whose statement was not read to its end is closed.

        An empty piece comes first: a generator that was never started would free nothing when
        it is closed, as it is when the answer is to HEAD or the client has gone.
        """
        is_over = False
        try:
            with translated():
                yield b""
                chunks = chain((first,), stream)
                yield from pieces(second, plan, chunks, self._connections.dialect)
                is_over = True
        finally:
            stream.close()
            for one in {id(lease): lease, id(second): second}.values():
                if is_over:
                    one.release()
                else:
                    one.discard()


def _limited(plans: Plans, query: Query) -> Plan:
    return plans.rows(replace(query, limit=1))
