"""Reading rows through a backend, each question in one call whatever the number of rows."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Final, TypeAlias, TypeVar

import orjson

from datagateway_api.backends.base import Backend, Caller, Credentials, Rows
from datagateway_api.core.entities import Entity, Schema
from datagateway_api.core.errors import SessionInvalid
from datagateway_api.core.query.model import Condition, Order, Path, Query
from datagateway_api.search.comparing import among
from datagateway_api.search.logic import Truth, every

MOST_IDS: Final = 5000
"""How many ids one call names; more are asked for in several calls."""

Values: TypeAlias = tuple[Any, ...]
Found = TypeVar("Found")


class Reader:
    """Reads a catalogue as the configured account."""

    def __init__(self, backend: Backend, credentials: Credentials | None) -> None:
        """Take the backend and whom to read as, without connecting."""
        self._backend = backend
        self._credentials = credentials

    @property
    def schema(self) -> Schema:
        """The catalogue's schema. Raises BackendUnavailable when it cannot be asked for."""
        return self._backend.schema()

    def rows(
        self,
        entity: Entity,
        paths: Sequence[Path],
        where: Truth,
        *,
        order: Sequence[Order] = (),
        limit: int | None = None,
        skip: int = 0,
    ) -> list[Values]:
        """Return the values of paths that every row has (:func:`mapping.is_sure`), row by row.

        What ``order`` sorts by must be among the paths, and so must the id.
        """
        if where is False:
            return []
        query = Query(
            entity,
            where=_condition(where),
            order=tuple(order),
            limit=limit,
            skip=skip,
            distinct=tuple(paths),
        )
        take = _taker(tuple(path.names for path in paths))
        return [take(row) for row in self._list(query)]

    def ids(
        self,
        entity: Entity,
        where: Truth,
        *,
        order: Sequence[Order],
        limit: int | None,
        skip: int,
    ) -> list[int]:
        """Return the ids of rows, sorted by any paths."""
        if where is False:
            return []
        query = Query(
            entity,
            where=_condition(where),
            order=tuple(order),
            limit=limit,
            skip=skip,
            fields=(entity.fields["id"],),
        )
        return [row["id"] for row in self._list(query)]

    def rows_by(
        self, entity: Entity, key: Path, ids: Sequence[int], paths: Sequence[Path], where: Truth
    ) -> Iterator[Values]:
        """Yield the values of the rows whose key is among some ids."""
        for start in range(0, len(ids), MOST_IDS):
            named = among(key, tuple(ids[start : start + MOST_IDS]))
            yield from self.rows(entity, paths, every((named, where)))

    def count(self, entity: Entity, where: Truth) -> int:
        """Return how many rows meet a condition."""
        if where is False:
            return 0
        query = Query(entity, where=_condition(where))
        return self._ask(lambda caller: self._backend.count(caller, query))

    def _list(self, query: Query) -> Any:
        return self._ask(lambda caller: orjson.loads(_body(self._backend.list(caller, query))))

    def _ask(self, ask: Callable[[Caller], Found]) -> Found:
        """Ask, and once more with a new session where the one in use has ended."""
        try:
            return ask(self._backend.service_caller(self._credentials))
        except SessionInvalid:
            return ask(self._backend.service_caller(self._credentials))


def _condition(where: Truth) -> Condition | None:
    return None if isinstance(where, bool) else where


def _body(rows: Rows) -> bytes:
    return rows.body if isinstance(rows.body, bytes) else b"".join(rows.body)


@lru_cache(maxsize=1024)
def _taker(names: tuple[tuple[str, ...], ...]) -> Callable[[dict[str, Any]], Values]:
    """Return a function that takes the values of dotted names out of a nested row."""
    getters = [_getter(each) for each in names]
    return lambda row: tuple([get(row) for get in getters])


def _getter(names: tuple[str, ...]) -> Callable[[dict[str, Any]], Any]:
    first, *rest = names

    def own(row: dict[str, Any]) -> Any:
        return row[first]

    def nested(row: dict[str, Any]) -> Any:
        value: Any = row[first]
        for name in rest:
            value = value[name]
        return value

    return nested if rest else own
