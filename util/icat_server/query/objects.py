"""Rows as beans, and beans with what is included of their relations."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

import sqlalchemy as sa

from datagateway_api.core.entities import Entity, Field, FieldType
from util.icat_server.beans import Bean
from util.icat_server.catalogue import Catalogue
from util.icat_server.errors import IcatError, Kind
from util.icat_server.jpql.execution import rows
from util.icat_server.jpql.include import Step
from util.icat_server.jpql.typed import Sql
from util.icat_server.rules import Applicable, Grant, Rules

LONGEST_IN = 1000
_IDS: Sql = sa.bindparam("ids", expanding=True)


@dataclass(frozen=True, eq=False, slots=True)
class Shape:
    """How rows hold an entity's objects: attributes, then keys of the to-one relations wanted."""

    entity: Entity
    names: tuple[str, ...]
    keys: tuple[str, ...]
    column_names: tuple[str, ...]
    conversions: tuple[tuple[str, Callable[[Any], Any]], ...]

    @classmethod
    def of(cls, catalogue: Catalogue, entity: Entity, steps: Sequence[Step] = ()) -> Self:
        """Return the shape of objects from which steps go on."""
        keys = [step.relation for step in steps if not step.relation.is_many]
        columns = [field.column for field in entity.fields.values()]
        columns += [catalogue.foreign_key(relation) for relation in keys]
        return cls(
            entity,
            tuple(entity.fields),
            tuple(relation.name for relation in keys),
            tuple(columns),
            tuple(_conversions(entity)),
        )

    def columns(self, table: sa.FromClause) -> list[Sql]:
        """Return the columns to select."""
        return [table.c[name] for name in self.column_names]

    def bean(self, row: Sequence[Any], start: int) -> Bean:
        """Return the object that a row holds from a column on."""
        values = dict(zip(self.names, row[start : start + len(self.names)], strict=True))
        for name, convert in self.conversions:
            values[name] = convert(values[name])
        return Bean(self.entity, values)

    def foreign_keys(self, row: Sequence[Any], start: int) -> dict[str, int | None]:
        """Return the ids of the objects that the wanted to-one relations lead to."""
        start += len(self.names)
        return dict(zip(self.keys, row[start : start + len(self.keys)], strict=True))


def _conversions(entity: Entity) -> Iterable[tuple[str, Callable[[Any], Any]]]:
    for field in entity.fields.values():
        convert = _conversion(field)
        if convert is not None:
            yield field.name, convert


def _conversion(field: Field) -> Callable[[Any], Any] | None:
    """Enums are stored by ordinal; ICAT shows 0 for null where it has a default of 0."""
    if field.type is FieldType.ENUM:
        choices = field.choices
        return lambda ordinal: None if ordinal is None else choices[ordinal]
    if field.type is FieldType.FLAG:
        return bool
    if field.type is FieldType.LONG and field.default is not None:
        return lambda number: number or 0
    return None


@dataclass(frozen=True, slots=True)
class Loaded:
    """A bean with the ids of the objects that its wanted to-one relations lead to."""

    bean: Bean
    keys: dict[str, int | None]


class Loader:
    """Statements for objects by id or by owner, each built once."""

    def __init__(self, catalogue: Catalogue, rules: Rules) -> None:
        self._catalogue = catalogue
        self._rules = rules
        self.statement = lru_cache(maxsize=1024)(self._statement)
        self.shape = lru_cache(maxsize=1024)(self._shape)

    def _shape(self, entity: Entity, steps: tuple[Step, ...]) -> Shape:
        return Shape.of(self._catalogue, entity, steps)

    def _statement(self, shape: Shape, key: str, grant: Grant) -> sa.Select[Any]:
        """Select objects whose column ``key`` is one of ``:ids``, that column last."""
        table = self._catalogue.table(shape.entity)
        id_ = self._catalogue.column(shape.entity, "id")
        statement = sa.select(*shape.columns(table), table.c[key]).where(table.c[key].in_(_IDS))
        if not grant.is_all:
            statement = statement.where(self._rules.condition(grant, id_))
        return statement.order_by(id_)


class Including:
    """The reading of what one search includes."""

    def __init__(
        self,
        loader: Loader,
        catalogue: Catalogue,
        connection: sa.Connection,
        applicable: Applicable,
        bound: dict[str, object],
        most: int,
    ) -> None:
        self._loader = loader
        self._catalogue = catalogue
        self._connection = connection
        self._applicable = applicable
        self._bound = bound
        self._most = most
        self._count = 0

    def include(self, loaded: Sequence[Loaded], steps: Sequence[Step]) -> None:
        """Give beans what the steps lead to, with one statement a step for each 1000 beans."""
        for step in steps:
            if loaded:
                self._to_many(loaded, step) if step.relation.is_many else self._to_one(loaded, step)

    def _to_one(self, loaded: Sequence[Loaded], step: Step) -> None:
        name = step.relation.name
        keys = {key for each in loaded if (key := each.keys[name]) is not None}
        targets = [one for one, _ in self._load(step, "ID", sorted(keys))]
        by_id = {one.bean.values["id"]: one.bean for one in targets}
        for each in loaded:
            each.bean.ones[name] = by_id.get(each.keys[name])
        self.include(targets, step.children)

    def _to_many(self, loaded: Sequence[Loaded], step: Step) -> None:
        name = step.relation.name
        owners: dict[Any, list[Bean]] = {}
        for each in loaded:
            owners[each.bean.values["id"]] = each.bean.manys[name] = []
        key = self._catalogue.foreign_key(step.relation)
        targets = self._load(step, key, list(owners))
        for one, owner in targets:
            owners[owner].append(one.bean)
        self.include([one for one, _ in targets], step.children)

    def _load(self, step: Step, key: str, ids: Sequence[object]) -> list[tuple[Loaded, Any]]:
        grant = self._applicable.include(step.origin, step.relation, step.target)
        if grant.is_nothing:
            return []
        shape = self._loader.shape(step.target, step.children)
        statement = self._loader.statement(shape, key, grant)
        found = []
        for start in range(0, len(ids), LONGEST_IN):
            bound = {**self._bound, "ids": ids[start : start + LONGEST_IN]}
            limited = statement.limit(self._most - self._count + 1)
            for row in rows(self._connection, limited, bound):
                one = Loaded(shape.bean(row, 0), shape.foreign_keys(row, 0))
                found.append((one, row[-1]))
                self._count += 1
            if self._count > self._most:
                raise too_many("process", self._most)
        return found


def too_many(what: str, most: int) -> IcatError:
    """Return the error of a search that would give or read more than the server allows."""
    return IcatError(Kind.VALIDATION, f"attempt to {what} more than {most} entities")
