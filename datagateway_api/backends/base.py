"""The promises that every backend keeps; ``BackendContract`` in the tests holds one for each."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from datagateway_api.accounts.model import Caller, Credentials, Session
from datagateway_api.backends.measured import timed
from datagateway_api.core.entities import Entity, Schema
from datagateway_api.core.query.model import Query
from datagateway_api.core.writing.model import Change, Draft, Moments

__all__ = ["Backend", "Caller", "Credentials", "Rows", "Session"]

UNTIMED: Final = frozenset(("schema", "call_count", "close"))
"""What, as a rule, asks nothing of the catalogue."""


@dataclass(frozen=True, slots=True)
class Rows:
    """A JSON array in UTF-8: whole, or in pieces that must be read to the end or closed.

    Each piece holds whole rows, with the brackets and commas before, between or after them.
    ``total`` is the number of rows without limit and skip, where it was asked for.
    """

    body: bytes | Iterator[bytes]
    total: int | None = None


class Backend(ABC):
    """One ICAT catalogue: its schema, its sessions and its rows.

    Any method may raise BackendUnavailable (it cannot be reached, or does not answer in time)
    and BackendError (it failed). JSON comes as UTF-8 bytes, compact, with ICAT's names.
    """

    @abstractmethod
    def schema(self) -> Schema:
        """Return the part of ICAT's schema that this catalogue has, always the same object."""

    @abstractmethod
    def ping(self) -> None:
        """Return when the backend answers; raise when it does not."""

    @abstractmethod
    def login(self, credentials: Credentials) -> str:
        """Open a session and return its id.

        Raises Forbidden for wrong credentials and BadRequest for an unknown mechanism.
        """

    @abstractmethod
    def authenticate(self, session_id: str) -> Caller:
        """Return whose session this is. Raises SessionInvalid when unknown or expired."""

    @abstractmethod
    def service_caller(self, credentials: Credentials | None = None) -> Caller:
        """Return a caller for requests that carry no session, such as those of the search API.

        Without credentials an anonymous user. The caller is only for reading. A backend that
        needs a session for it opens one, shares it between threads and opens the next when it
        has ended: so ask for the caller anew with every request, which costs nothing while the
        session lives. Where a session ends before its time, reading raises SessionInvalid once
        and the next call of this method opens another.

        Raises what :meth:`login` raises.
        """

    @abstractmethod
    def session(self, caller: Caller) -> Session:
        """Return the caller's session as it is now. Raises SessionInvalid when it has ended."""

    @abstractmethod
    def refresh(self, caller: Caller) -> None:
        """Extend the life of the caller's session. Raises SessionInvalid when it has ended."""

    @abstractmethod
    def logout(self, caller: Caller) -> None:
        """End the caller's session. Raises SessionInvalid when it has ended already."""

    @abstractmethod
    def list(self, caller: Caller, query: Query) -> Rows:
        """Return the rows that a query asks for, each entity once, in a total order."""

    @abstractmethod
    def find_one(self, caller: Caller, query: Query) -> bytes:
        """Return the first row of the list as an object. Raises NotFound when there is none."""

    @abstractmethod
    def get(self, caller: Caller, query: Query, id_: int) -> bytes:
        """Return one entity as an object. Raises NotFound when there is none."""

    @abstractmethod
    def count(self, caller: Caller, query: Query) -> int:
        """Return how many rows the list has without limit and skip."""

    @abstractmethod
    def groups(self, caller: Caller, query: Query) -> bytes:
        """Return an array of the ``group_by`` values, each with its ``count``, largest first."""

    @abstractmethod
    def create(self, caller: Caller, drafts: Sequence[Draft]) -> bytes:
        """Create objects of one entity with all below them, all or none; return them, in order.

        Raises BadRequest naming what cannot be written, AlreadyExists for a taken unique key.
        """

    @abstractmethod
    def update(self, caller: Caller, changes: Sequence[Change]) -> bytes:
        """Change objects of one entity, all or none; return them as they are now, in order.

        The modTime of each is later than it was, even on a clock that stands still. Raises
        NotFound for an unknown id, PreconditionFailed where an object's modTime is not among
        the change's ``unmodified``, and what :meth:`create` raises. Nobody else can change an
        object between the comparison and the change.
        """

    @abstractmethod
    def delete(
        self, caller: Caller, entity: Entity, id_: int, unmodified: Moments | None = None
    ) -> None:
        """Delete an object and, as ICAT does, all that depends on it.

        Raises NotFound, and PreconditionFailed as :meth:`update` does.
        """

    @abstractmethod
    def call_count(self) -> int:
        """Return how many statements or calls the calling thread has made so far."""

    def pool_state(self) -> Mapping[str, int]:
        """Return how many of this process's connections or clients are in which state.

        The states are ``in_use``, ``idle`` and ``most`` (there may be); none without a pool.
        """
        return {}

    def measure(self, observe: Callable[[str, float], None]) -> None:
        """Have each operation tell its name and its seconds when it ends or fails."""
        for name in sorted(Backend.__abstractmethods__ - UNTIMED):
            setattr(self, name, timed(getattr(self, name), partial(observe, name)))

    @abstractmethod
    def close(self) -> None:
        """Give back what the backend holds; it opens again when used again."""
