"""Answering checked queries with searches, each with a client that has the caller's session."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

import icat.client

from datagateway_api.backends.icat.errors import Fault
from datagateway_api.backends.icat.jpql.statements import Search, Statements
from datagateway_api.backends.icat.matching import MOST_VALUES, matched
from datagateway_api.backends.icat.records import Row, Shape, nested, shape_of
from datagateway_api.backends.icat.roads import Road
from datagateway_api.core.entities import Entity, Field, FieldType, Schema
from datagateway_api.core.errors import BackendError, BadFilter
from datagateway_api.core.query.model import Include, Path, Query

ROWS_IN_A_PIECE = 5000
LONGEST_IN = 500

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Searches:
    """What searches are written with, and the roads they may take, the best first."""

    schema: Schema
    statements: Statements
    roads: tuple[Road, ...]

    def prepared(self, client: icat.client.Client, query: Query) -> Query:
        """Return a query that JPQL can say; most are so already and cost no call."""
        return matched(self.schema, query, partial(self._values, client))

    def page(self, client: icat.client.Client, query: Query, skip: int, limit: int) -> list[Row]:
        """Return some of the rows that a prepared query asks for."""
        if query.distinct:
            search = self.statements.distinct(query)
            found = self._tuples(client, search, query.distinct, skip, limit)
            return [nested(query.distinct, values) for values in found]
        shape = shape_of(self.schema, query.entity, query.fields, query.include)
        if any(key.path.many for key in query.order):
            return self._page_by_ids(client, query, shape, skip, limit)
        return self._rows(client, self.statements.rows(query), shape, skip, limit)

    def every(self, client: icat.client.Client, query: Query) -> Iterator[Row]:
        """Yield all rows that a prepared query asks for."""
        number = 0
        while page := self.page(client, query, number, ROWS_IN_A_PIECE):
            yield from page
            number += len(page)
            if len(page) < ROWS_IN_A_PIECE:
                return

    def by_ids(
        self,
        client: icat.client.Client,
        entity: Entity,
        ids: Sequence[int],
        includes: Sequence[Include] = (),
        fields: Sequence[Field] = (),
    ) -> dict[int, Row]:
        """Return the objects with some ids, as far as there are any the user may read."""
        shape = shape_of(self.schema, entity, fields, includes)
        found: dict[int, Row] = {}
        for start in range(0, len(ids), LONGEST_IN):
            chunk = ids[start : start + LONGEST_IN]
            search = self.statements.by_ids(entity, chunk, includes)
            rows = self._rows(client, search, shape, 0, len(chunk))
            found |= {row["id"]: row for row in rows}
        return found

    def count(self, client: icat.client.Client, query: Query) -> int:
        """Return how many rows a prepared query has without limit and skip."""
        if len(query.distinct) > 1:
            return self._count_rows(client, query)
        if not query.distinct:
            return self._number(client, self.statements.count(query))
        values, *null = self.statements.count_values(query)
        has_null = any(self._number(client, search) for search in null)
        return self._number(client, values) + has_null

    def groups(self, client: icat.client.Client, query: Query) -> list[Row]:
        """Return the groups of a prepared query, largest first."""
        search = self.statements.groups(query)
        found: list[list[object]] = []
        types = [*(path.field.type for path in query.group_by), FieldType.LONG]
        while len(page := self._several(client, search, types, len(found))) == ROWS_IN_A_PIECE:
            found += page
        rows = [
            {**nested(query.group_by, values), "count": values[-1]} for values in [*found, *page]
        ]
        rows.sort(key=lambda row: -row["count"])
        return rows

    def _count_rows(self, client: icat.client.Client, query: Query) -> int:
        search = self.statements.distinct(replace(query, order=()))
        number = 0
        while page := len(self._tuples(client, search, query.distinct, number, ROWS_IN_A_PIECE)):
            number += page
            if page < ROWS_IN_A_PIECE:
                break
        return number

    def _page_by_ids(
        self, client: icat.client.Client, query: Query, shape: Shape, skip: int, limit: int
    ) -> list[Row]:
        search = self.statements.ids_in_order(query)

        def fetch(skip: int, limit: int) -> list[int]:
            text = search.page(skip, limit)
            return self._road(text).numbers(client, text)

        ids = _by_halves(fetch, skip, limit)
        found = self.by_ids(client, query.entity, ids, query.include, query.fields)
        return [found[id_] for id_ in ids if id_ in found]

    def _rows(
        self, client: icat.client.Client, search: Search, shape: Shape, skip: int, limit: int
    ) -> list[Row]:
        def fetch(skip: int, limit: int) -> list[Row]:
            text = search.page(skip, limit)
            return self._road(text).rows(client, text, shape)

        return _by_halves(fetch, skip, limit)

    def _tuples(
        self,
        client: icat.client.Client,
        search: Search,
        paths: Sequence[Path],
        skip: int,
        limit: int,
    ) -> list[list[object]]:
        """Return rows of the values of some paths; one that stands alone is selected twice."""
        types = [path.field.type for path in paths]
        return self._several(client, search, types if len(types) > 1 else types * 2, skip, limit)

    def _several(
        self,
        client: icat.client.Client,
        search: Search,
        types: Sequence[FieldType],
        skip: int,
        limit: int | None = None,
    ) -> list[list[object]]:
        def fetch(skip: int, limit: int) -> list[list[object]]:
            text = search.page(skip, limit)
            return self._road(text).tuples(client, text, types)

        return _by_halves(fetch, skip, ROWS_IN_A_PIECE if limit is None else limit)

    def _values(
        self, client: icat.client.Client, entity: Entity, field: Field
    ) -> list[tuple[int, str]]:
        search = self.statements.values(entity, field.name)
        types = (FieldType.LONG, FieldType.TEXT)
        found: list[tuple[int, str]] = []
        while len(found) <= MOST_VALUES:
            page = self._several(client, search, types, len(found))
            found += [(int(str(id_)), str(text)) for id_, text in page]
            if len(page) < ROWS_IN_A_PIECE:
                break
        return found

    def _number(self, client: icat.client.Client, search: Search) -> int:
        text = search.all()
        numbers = self._road(text).numbers(client, text)
        return numbers[0] if numbers else 0

    def _road(self, text: str) -> Road:
        return next(road for road in self.roads if road.takes(text))


def _by_halves(fetch: Callable[[int, int], list[Item]], skip: int, limit: int) -> list[Item]:
    """Return some rows; where they are more than ICAT returns at once, by halves."""
    try:
        return fetch(skip, limit)
    except Fault as fault:
        if not fault.is_too_many:
            raise
        if limit <= 1:
            raise BadFilter(
                "include: one row with all it includes is more than ICAT returns at once"
            ) from fault
    except (ValueError, TypeError, KeyError) as error:
        raise BackendError("the catalogue's ICAT gave an answer that has no sense") from error
    half = limit // 2
    first = _by_halves(fetch, skip, half)
    return first + (_by_halves(fetch, skip + half, limit - half) if len(first) == half else [])
