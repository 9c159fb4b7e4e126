"""Searching and getting, as a user may."""

from collections.abc import Callable
from datetime import tzinfo
from functools import lru_cache
from typing import Any, TypeVar

import sqlalchemy as sa

from datagateway_api.core.entities import Entity
from util.icat_server.beans import Bean, Item, Row, Scalar
from util.icat_server.catalogue import Catalogue
from util.icat_server.errors import IcatError, Kind
from util.icat_server.jpql import include
from util.icat_server.jpql.execution import parameters, rows
from util.icat_server.jpql.include import Step
from util.icat_server.jpql.reader import Reader
from util.icat_server.jpql.reading import read
from util.icat_server.jpql.search import Search
from util.icat_server.jpql.tokens import Type, bad, tokenize
from util.icat_server.query.objects import Including, Loaded, Loader, too_many
from util.icat_server.query.plans import Objects, Plan, plan
from util.icat_server.rules import Grant, Rules

LONGEST_REMEMBERED = 8_000
"""Longer texts are not remembered, lest a few of them fill the memory."""
MOST_REMEMBERED = 1024
T = TypeVar("T")


class Searcher:
    """Answers queries. Safe between threads; a query asked before costs no parsing again."""

    def __init__(
        self, catalogue: Catalogue, rules: Rules, *, zone: tzinfo, max_entities: int = 10_000
    ) -> None:
        self._catalogue = catalogue
        self._rules = rules
        self._zone = zone
        self._most = max_entities
        self._loader = Loader(catalogue, rules)
        self._search = _remembering(self._read)
        self._plan = _remembering(self._compile)

    def search(self, connection: sa.Connection, user: str, text: str) -> list[Row]:
        """Return what a query finds of what the user may read. Raises IcatError.

        A null that is selected stays in the list as None.
        """
        search = self._search(text)
        applicable = self._rules.applicable(connection, user)
        grants = tuple(applicable.grant("R", target.entity) for target in search.targets)
        if any(grant.is_nothing for grant in grants):
            return [Scalar(0, "long")] if search.is_count else []
        if search.failure is not None:
            raise IcatError(search.failure.kind, search.failure.message)
        plan = self._plan(text, grants)
        bound = parameters(user, self._zone)
        found = rows(connection, plan.statement, bound)
        if len(found) > self._most:
            raise too_many("return", self._most)
        including = Including(
            self._loader, self._catalogue, connection, applicable, bound, self._most
        )
        return _results(plan, found, including, search.includes)

    def get(self, connection: sa.Connection, user: str, text: str, id_: int) -> Bean:
        """Return one object with what the text includes.

        Raises IcatError: BAD_PARAMETER, NO_SUCH_OBJECT_FOUND, INSUFFICIENT_PRIVILEGES.
        """
        entity, steps = self._read_get(text)
        applicable = self._rules.applicable(connection, user)
        shape = self._loader.shape(entity, steps)
        statement = self._loader.statement(shape, "ID", Grant(is_all=True))
        bound = parameters(user, self._zone)
        found = rows(connection, statement, {**bound, "ids": [id_]})
        if not found:
            raise IcatError(Kind.NO_SUCH_OBJECT_FOUND, f"{entity.name}[id:{id_}] not found.")
        if not self._rules.allows(connection, user, "R", entity, [id_]):
            raise IcatError(
                Kind.INSUFFICIENT_PRIVILEGES, f"READ access to this {entity.name} is not allowed."
            )
        loaded = Loaded(shape.bean(found[0], 0), shape.foreign_keys(found[0], 0))
        including = Including(
            self._loader, self._catalogue, connection, applicable, bound, self._most
        )
        including.include([loaded], steps)
        return loaded.bean

    def _read(self, text: str) -> Search:
        return read(self._catalogue, text)

    def _compile(self, text: str, grants: tuple[Grant, ...]) -> Plan:
        search = self._search(text)
        try:
            return plan(
                self._catalogue, self._zone, search, grants, self._rules.condition, self._most
            )
        except (RecursionError, sa.exc.SQLAlchemyError) as error:
            raise IcatError(Kind.INTERNAL, "The query cannot be compiled") from error

    def _read_get(self, text: str) -> tuple[Entity, tuple[Step, ...]]:
        reader = Reader(tokenize(text))
        name = reader.next(Type.NAME).value
        entity = self._catalogue.entity(name)
        if entity is None:
            raise bad(f"{name} is not an ICAT entity")
        has_as = reader.take("AS")
        variable = reader.next(Type.NAME) if has_as else reader.take(Type.NAME)
        steps: tuple[Step, ...] = ()
        if reader.take("INCLUDE"):
            if include.is_one(reader):
                steps = include.all_to_one(self._catalogue, entity)
            elif variable is not None:
                steps = include.read(self._catalogue, reader, variable.value, entity)
            else:
                steps = include.by_types(self._catalogue, entity, include.names(reader))
        reader.end()
        return entity, steps


def _remembering(function: Callable[..., T]) -> Callable[..., T]:
    """Remember the results of a function of short texts."""
    remembered = lru_cache(maxsize=MOST_REMEMBERED)(function)

    def call(text: str, *others: Any) -> T:
        wanted = remembered if len(text) <= LONGEST_REMEMBERED else function
        return wanted(text, *others)

    return call


def _results(plan: Plan, found: Any, including: Including, steps: tuple[Step, ...]) -> list[Row]:
    columns: list[list[Item]] = []
    for item in plan.items:
        if isinstance(item, Objects):
            columns.append(list(_beans(item, found, including, steps)))
        else:
            columns.append([item.item(row) for row in found])
    if len(columns) == 1:
        return list(columns[0])
    return list(zip(*columns, strict=True))


def _beans(item: Objects, found: Any, including: Including, steps: tuple[Step, ...]) -> list[Bean]:
    """Return a bean for each row, the same one where an object repeats."""
    loaded: dict[Any, Loaded] = {}
    order = []
    id_at = item.start + item.shape.names.index("id")
    for row in found:
        id_ = row[id_at]
        if id_ not in loaded:
            shape, start = item.shape, item.start
            loaded[id_] = Loaded(shape.bean(row, start), shape.foreign_keys(row, start))
        order.append(loaded[id_].bean)
    including.include(list(loaded.values()), steps)
    return order
