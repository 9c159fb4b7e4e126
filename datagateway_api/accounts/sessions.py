"""Sessions as rows of a table, such as ICAT's own SESSION_, and the mechanisms that open them."""

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Any
from uuid import UUID

from cachetools import TTLCache
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from sqlalchemy import Table, bindparam, delete, insert, select, update
from sqlalchemy.engine import Dialect as EngineDialect
from sqlalchemy.sql import ClauseElement

from datagateway_api.accounts.model import Caller, Credentials, Session
from datagateway_api.accounts.passwords import hash_password, is_password
from datagateway_api.core import dates
from datagateway_api.core.errors import BadRequest, Forbidden, SessionInvalid
from datagateway_api.sql.connections import Connections, Lease
from datagateway_api.sql.prepared import prepare

MOST_REMEMBERED = 10_000
LONGEST_NAME = 255
SECONDS_BETWEEN_PURGES = 600
KEPT_AFTER_EXPIRY = timedelta(days=1)
"""How long an expired row is kept: an ICAT in another time zone may see it as alive."""


@dataclass(frozen=True, slots=True)
class SessionRules:
    """Who may log in, and for how long."""

    allows_anon: bool = False
    users: Mapping[str, str] = field(default_factory=dict)
    minutes: int = 120
    cache_seconds: float = 3.0
    failures_per_minute: int = 5


class Sessions:
    """Opens, finds, extends and ends sessions. Safe between threads."""

    def __init__(self, connections: Connections, rules: SessionRules) -> None:
        """Take the database and the rules."""
        self._connections = connections
        self._rules = rules
        self._known: TTLCache[str, Session] = TTLCache(
            MOST_REMEMBERED, max(rules.cache_seconds, 0.001)
        )
        self._lock = Lock()
        self._purged = float("-inf")
        self._failures = MovingWindowRateLimiter(MemoryStorage())
        self._rate = RateLimitItemPerMinute(rules.failures_per_minute)
        self._nobody = hash_password(secrets.token_hex())

    @property
    def mechanisms(self) -> tuple[str, ...]:
        """The mechanisms that somebody can log in with."""
        anon = ("anon",) if self._rules.allows_anon else ()
        return (*anon, *(("simple",) if self._rules.users else ()))

    def login(self, credentials: Credentials, statements: "SessionStatements") -> str:
        """Open a session for the right credentials and return its id."""
        mechanism = credentials.mechanism
        if mechanism not in self.mechanisms:
            known = ", ".join(self.mechanisms) or "none"
            raise BadRequest(f"unknown mechanism; those configured here are: {known}")
        name = "anon" if mechanism == "anon" else self._check(credentials)
        session_id = str(UUID(bytes=secrets.token_bytes(16), version=4))
        now = dates.now()
        values = {
            "id": session_id,
            "expires": now + timedelta(minutes=self._rules.minutes),
            "user": f"{mechanism}/{name}",
            "now": now,
        }
        self._connections.run(lambda lease: self._insert(lease, statements, values))
        return session_id

    def find(self, session_id: str, statements: "SessionStatements") -> Session:
        """Return a session that has not expired, remembering it for a few seconds."""
        with self._lock:
            session = self._known.get(session_id)
        if session is None:
            session = self.read(session_id, statements)
            if self._rules.cache_seconds > 0:
                with self._lock:
                    self._known[session_id] = session
        if session.expires <= dates.now():
            raise _invalid()
        return session

    def read(self, session_id: str, statements: "SessionStatements") -> Session:
        """Return a session as the database has it now."""
        values = {"id": session_id}
        rows = self._connections.run(lambda lease: statements.rows(lease, "find", values))
        if not rows or rows[0][1] is None:
            raise _invalid()
        user, expires = rows[0][0], rows[0][1]
        moment = expires if isinstance(expires, datetime) else dates.parse(str(expires))
        if moment <= dates.now():
            raise _invalid()
        return Session(session_id, moment, str(user))

    def refresh(self, caller: Caller, statements: "SessionStatements") -> None:
        """Give a session its full life again."""
        now = dates.now()
        expires = now + timedelta(minutes=self._rules.minutes)
        values = {"id": caller.session_id, "expires": expires, "now": now}
        changed = self._connections.run(lambda lease: statements.write(lease, "extend", values))
        self._forget(caller.session_id)
        if not changed:
            raise _invalid()

    def logout(self, caller: Caller, statements: "SessionStatements") -> None:
        """End a session."""
        values = {"id": caller.session_id}
        changed = self._connections.run(lambda lease: statements.write(lease, "end", values))
        self._forget(caller.session_id)
        if not changed:
            raise _invalid()

    def _check(self, credentials: Credentials) -> str:
        """Return the user's name. Every failure takes as long as a success."""
        name = credentials.username
        if len(name) > LONGEST_NAME:
            raise Forbidden("the username and password do not match")
        if not self._failures.test(self._rate, name):
            raise Forbidden("too many failed attempts for this user; wait a minute", retry_after=60)
        stored = self._rules.users.get(name, self._nobody)
        is_right = is_password(credentials.password, stored)
        if not (is_right and name in self._rules.users and credentials.password):
            self._failures.hit(self._rate, name)
            raise Forbidden("the username and password do not match")
        return name

    def _insert(
        self, lease: Lease, statements: "SessionStatements", values: Mapping[str, object]
    ) -> None:
        if time.monotonic() - self._purged > SECONDS_BETWEEN_PURGES:
            now = values["now"]
            assert isinstance(now, datetime)
            statements.write(lease, "purge", {"now": now - KEPT_AFTER_EXPIRY})
            self._purged = time.monotonic()
        statements.write(lease, "open", values)

    def _forget(self, session_id: str) -> None:
        with self._lock:
            self._known.pop(session_id, None)


class SessionStatements:
    """The statements on one table of sessions, with ``id``, ``userName`` and ``expireDateTime``."""

    def __init__(self, table: Table, engine_dialect: EngineDialect, connections: Connections):
        """Compile them."""
        self._bind = connections.dialect.bind
        id_, ends = table.c["id"], table.c["expireDateTime"]
        row: dict[str, Any] = {"id": bindparam("id"), "expireDateTime": bindparam("expires")}
        elements: dict[str, ClauseElement] = {
            "find": select(table.c["userName"], ends).where(id_ == bindparam("id")),
            "open": insert(table).values({**row, "userName": bindparam("user")}),
            "extend": update(table)
            .values({"expireDateTime": bindparam("expires")})
            .where(id_ == bindparam("id"), ends > bindparam("now")),
            "end": delete(table).where(id_ == bindparam("id")),
            "purge": delete(table).where(ends < bindparam("now")),
        }
        self._prepared = {
            name: prepare(element, engine_dialect) for name, element in elements.items()
        }

    def rows(
        self, lease: Lease, name: str, values: Mapping[str, object]
    ) -> "list[tuple[object, ...]]":
        """Run a reading statement."""
        prepared = self._prepared[name]
        return list(lease.rows(prepared.sql, prepared.parameters(self._bound(values))))  # type: ignore[arg-type]

    def write(self, lease: Lease, name: str, values: Mapping[str, object]) -> int:
        """Run a changing statement and return how many rows it changed."""
        prepared = self._prepared[name]
        return lease.write(prepared.sql, prepared.parameters(self._bound(values)))

    def _bound(self, values: Mapping[str, object]) -> dict[str, object]:
        return {name: self._bind(value) for name, value in values.items()}  # type: ignore[arg-type]


def _invalid() -> SessionInvalid:
    return SessionInvalid("the session is unknown or has expired; log in again")
