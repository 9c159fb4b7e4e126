"""Who uses which client: leases, from a pool of idle clients and a cache of those with sessions.

A client in use is leased: it is then neither in the pool nor in the cache, so nothing can hand it
to somebody else or take its session away. After use it waits in the cache under its session, where
the next request of the same user finds it; what the cache has no room for goes back to the pool
without its session. There are never more clients than the pool's largest size.
"""

import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Condition
from typing import Generic, Protocol, TypeVar

from datagateway_api.core.errors import BackendUnavailable


class HasSession(Protocol):
    """What a lease needs of a client."""

    sessionId: str | None  # noqa: N815 - python-icat's own name


ClientType = TypeVar("ClientType", bound=HasSession)


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many clients there may be; ``timeout`` is how long a request waits, in seconds."""

    cache: int = 5
    pool_init: int = 2
    pool_max: int = 5
    timeout: float = 10.0


class Clients(Generic[ClientType]):
    """Leases clients. Safe between threads."""

    def __init__(self, sizes: Sizes, make: Callable[[], ClientType]) -> None:
        """Take the sizes and what makes a further client, without making any."""
        self._sizes = sizes
        self._make = make
        self._idle: deque[ClientType] = deque()
        self._cached: OrderedDict[str, ClientType] = OrderedDict()
        self._leased = 0
        self._freed = Condition()

    def fill(self) -> None:
        """Make as many clients as there shall be from the start."""
        clients = [self._make() for _ in range(self._sizes.pool_init)]
        with self._freed:
            room = self._sizes.pool_max - self._count()
            self._idle.extend(clients[: max(0, room)])
            self._freed.notify_all()

    @contextmanager
    def lease(self, session_id: str | None) -> Iterator[ClientType]:
        """Yield a client with a session (or None) that nobody else has until the end.

        A client on which ICAT could not be reached is not used again.
        Raises BackendUnavailable when none becomes free in time.
        """
        client = self._take(session_id)
        is_alive = False
        try:
            client.sessionId = session_id
            yield client
            is_alive = True
        except BackendUnavailable:
            raise
        except BaseException:
            is_alive = True
            raise
        finally:
            self._give_back(client, session_id, is_alive=is_alive)

    def forget(self, session_id: str) -> None:
        """Take a session that has ended from the cache."""
        with self._freed:
            client = self._cached.pop(session_id, None)
            if client is not None:
                client.sessionId = None
                self._idle.append(client)
                self._freed.notify()

    def state(self) -> Mapping[str, int]:
        """Return how many clients are in use, how many wait, and how many there may be."""
        with self._freed:
            idle = len(self._idle) + len(self._cached)
            return {"in_use": self._leased, "idle": idle, "most": self._sizes.pool_max}

    def clear(self) -> None:
        """Keep as many clients as there were at first, without sessions; none ends by that."""
        with self._freed:
            kept = [*self._idle, *self._cached.values()][: self._sizes.pool_init]
            for client in kept:
                client.sessionId = None
            self._idle = deque(kept)
            self._cached.clear()
            self._freed.notify_all()

    def _take(self, session_id: str | None) -> ClientType:
        """Return a client that is free, in the order of what it costs to take it."""
        ends = time.monotonic() + self._sizes.timeout
        with self._freed:
            while True:
                client = self._free(session_id)
                if client is not None or self._count() < self._sizes.pool_max:
                    self._leased += 1
                    break
                if not self._freed.wait(ends - time.monotonic()) and time.monotonic() >= ends:
                    raise BackendUnavailable(
                        "all clients of the catalogue's ICAT are in use; try again shortly",
                        retry_after=1,
                    )
        return client if client is not None else self._new()

    def _free(self, session_id: str | None) -> ClientType | None:
        if session_id is not None and session_id in self._cached:
            return self._cached.pop(session_id)
        if self._idle:
            return self._idle.pop()
        if self._cached and self._count() >= self._sizes.pool_max:
            return self._cached.popitem(last=False)[1]
        return None

    def _new(self) -> ClientType:
        """Make a client whose place was taken already."""
        try:
            return self._make()
        except BaseException:
            with self._freed:
                self._leased -= 1
                self._freed.notify()
            raise

    def _give_back(self, client: ClientType, session_id: str | None, *, is_alive: bool) -> None:
        with self._freed:
            self._leased -= 1
            if is_alive:
                self._keep(client, session_id)
            self._freed.notify()

    def _keep(self, client: ClientType, session_id: str | None) -> None:
        if session_id is not None and self._sizes.cache and session_id not in self._cached:
            self._cached[session_id] = client
            if len(self._cached) <= self._sizes.cache:
                return
            client = self._cached.popitem(last=False)[1]
        client.sessionId = None
        self._idle.append(client)

    def _count(self) -> int:
        return len(self._idle) + len(self._cached) + self._leased
