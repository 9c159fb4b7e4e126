"""Sessions, which are ICAT's own: opened, looked up, extended and ended by it."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

import icat.client
from cachetools import TTLCache

from datagateway_api.backends.base import Caller, Credentials, Session
from datagateway_api.backends.icat.clients import Clients
from datagateway_api.backends.icat.connecting import Copy
from datagateway_api.backends.icat.errors import AWAY, Fault, session_invalid
from datagateway_api.backends.icat.soap import call, call_in_session, element, one_text
from datagateway_api.core import dates
from datagateway_api.core.errors import BackendUnavailable, BadRequest, Forbidden

MOST_REMEMBERED = 10_000
LONGEST_ID = 255
SECONDS_BETWEEN_LOOKS = 10.0
SECONDS_AWAY = 1.0
SERVICE_MARGIN = timedelta(minutes=1)
"""How long before its end the service's own session is replaced."""
ANON = Credentials("anon", "", "")


@dataclass(frozen=True, slots=True)
class _Service:
    """The service's own session."""

    caller: Caller
    ends: datetime


class Sessions:
    """Opens, finds, extends and ends sessions. Safe between threads."""

    def __init__(self, clients: Clients[Copy], cache_seconds: float) -> None:
        """Take the clients and how long a session found valid is not looked up again."""
        self._clients = clients
        self._known: TTLCache[str, Caller] = TTLCache(MOST_REMEMBERED, max(cache_seconds, 0.001))
        self._remembers = cache_seconds > 0
        self._service: dict[Credentials, _Service] = {}
        self._mechanisms: frozenset[str] = frozenset()
        self._looked = float("-inf")
        self._away_until = float("-inf")
        self._lock = Lock()
        self._service_lock = Lock()

    def login(self, credentials: Credentials) -> str:
        """Open a session for the right credentials and return its id."""
        with self._clients.lease(None) as client:
            self._check_mechanism(client, credentials.mechanism)
            entries = _entries({"username": credentials.username, "password": credentials.password})
            plugin = element("plugin", credentials.mechanism)
            try:
                answer = call(client, "login", f"{plugin}<credentials>{entries}</credentials>")
            except Fault as fault:
                if fault.type != "SESSION":
                    raise
                raise Forbidden("the username and password do not match") from fault
        return one_text(answer)

    def find(self, session_id: str) -> Caller:
        """Return whose session this is, remembering it for a few seconds."""
        with self._lock:
            caller = self._known.get(session_id)
        if caller is None:
            caller = Caller(session_id, self._user_name(session_id))
            if self._remembers:
                with self._lock:
                    self._known[session_id] = caller
        return caller

    def read(self, caller: Caller) -> Session:
        """Return a session as ICAT has it now."""
        with self._clients.lease(caller.session_id) as client:
            minutes = float(one_text(call_in_session(client, "getRemainingMinutes")))
        return Session(
            caller.session_id, dates.now() + timedelta(minutes=minutes), caller.user_name
        )

    def refresh(self, caller: Caller) -> None:
        """Give a session its full life again; ICAT would even revive one that has ended."""
        with self._clients.lease(caller.session_id) as client:
            call_in_session(client, "getRemainingMinutes")
            call_in_session(client, "refresh")

    def logout(self, caller: Caller) -> None:
        """End a session."""
        self.forget(caller.session_id)
        try:
            with self._clients.lease(caller.session_id) as client:
                call_in_session(client, "logout")
        finally:
            self.forget(caller.session_id)
            self._clients.forget(caller.session_id)

    def forget(self, session_id: str) -> None:
        """Look a session up again when it comes next, and replace the service's own if it is."""
        with self._lock:
            self._known.pop(session_id, None)
            for credentials, service in list(self._service.items()):
                if service.caller.session_id == session_id:
                    del self._service[credentials]

    def service_caller(self, credentials: Credentials = ANON) -> Caller:
        """Return a caller with a session that is the service's own, opened when there is none."""
        with self._service_lock:
            with self._lock:
                known = self._service.get(credentials)
            if known is not None and dates.now() < known.ends:
                return known.caller
            if time.monotonic() < self._away_until:
                raise BackendUnavailable(AWAY)
            try:
                service = self._opened(credentials)
            except BackendUnavailable:
                # Those who waited for this one need not each wait as long again.
                self._away_until = time.monotonic() + SECONDS_AWAY
                raise
            with self._lock:
                self._service[credentials] = service
            return service.caller

    def _opened(self, credentials: Credentials) -> _Service:
        session_id = self.login(credentials)
        caller = Caller(session_id, self._user_name(session_id))
        return _Service(caller, self.read(caller).expires - SERVICE_MARGIN)

    def _user_name(self, session_id: str) -> str:
        if not session_id or len(session_id) > LONGEST_ID:
            raise session_invalid()
        with self._clients.lease(session_id) as client:
            try:
                return one_text(call_in_session(client, "getUserName"))
            except BadRequest as error:
                raise session_invalid() from error

    def _check_mechanism(self, client: icat.client.Client, mechanism: str) -> None:
        """Raise BadRequest when ICAT has no such authenticator."""
        if mechanism in self._mechanisms:
            return
        if time.monotonic() - self._looked > SECONDS_BETWEEN_LOOKS or not self._mechanisms:
            answer = call(client, "getAuthenticatorInfo")
            self._mechanisms = frozenset(
                item.findtext("mnemonic") or "" for item in answer.iterchildren()
            )
            self._looked = time.monotonic()
        if mechanism not in self._mechanisms:
            known = ", ".join(sorted(self._mechanisms)) or "none"
            raise BadRequest(f"unknown mechanism; those of this catalogue's ICAT are: {known}")


def _entries(values: Mapping[str, str]) -> str:
    return "".join(
        f"<entry>{element('key', key)}{element('value', value)}</entry>"
        for key, value in values.items()
    )
