"""Deleting beans and all that depends on them."""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from datagateway_api.backends.database.cascade import Cascade
from datagateway_api.core.entities import Entity
from util.icat_server.beans import Bean
from util.icat_server.catalogue import Catalogue
from util.icat_server.database import Database
from util.icat_server.errors import IcatError, Kind
from util.icat_server.rules import Applicable, Rules
from util.icat_server.writing.rows import bean_id

CHUNK = 1000


class Deletion:
    """Deletes with ICAT's cascade: over all to-many relations, each object authorised."""

    def __init__(self, database: Database, rules: Rules) -> None:
        """Take the tables, and the rules on who may."""
        self._catalogue: Catalogue = database.catalogue
        self._rules = rules
        self._cascade = Cascade(database.tables)

    def delete(self, connection: sa.Connection, who: Applicable, beans: Sequence[Bean]) -> None:
        """Delete beans of one entity. Raises IcatError with the index of the first at fault."""
        ids = self._ids(connection, beans)
        if who.rules is not None:
            self._authorise(connection, who, beans[0].entity, ids)
        self._cascade.delete(connection, beans[0].entity, ids)

    def _ids(self, connection: sa.Connection, beans: Sequence[Bean]) -> list[int]:
        entity = beans[0].entity
        table = self._catalogue.table(entity)
        wanted = [id_ for bean in beans if (id_ := bean_id(bean)) is not None]
        found = set(_existing(connection, table, table.c["ID"], wanted))
        ids: list[int] = []
        for offset, bean in enumerate(beans):
            id_ = bean_id(bean)
            if id_ is None:
                message = f"{entity.name} has null primary key."
                raise IcatError(Kind.NO_SUCH_OBJECT_FOUND, message, offset)
            if id_ not in found:
                message = f"{entity.name}[id:{id_}] not found."
                raise IcatError(Kind.NO_SUCH_OBJECT_FOUND, message, offset)
            found.remove(id_)
            ids.append(id_)
        return ids

    def _authorise(
        self, connection: sa.Connection, who: Applicable, entity: Entity, ids: Sequence[int]
    ) -> None:
        """Ask for leave for all at once, and one by one only to learn which is at fault."""
        if self._denied(connection, who, entity, ids) is None:
            return
        for offset, id_ in enumerate(ids):
            denied = self._denied(connection, who, entity, [id_])
            if denied is not None:
                message = f"DELETE access to this {denied.name} is not allowed."
                raise IcatError(Kind.INSUFFICIENT_PRIVILEGES, message, offset)

    def _denied(
        self, connection: sa.Connection, who: Applicable, entity: Entity, ids: Sequence[int]
    ) -> Entity | None:
        """Return the first entity of which something would go that must not."""
        for each, those in self._tree(connection, entity, ids):
            if not self._rules.permits(connection, who, "D", each, those):
                return each
        return None

    def _tree(
        self, connection: sa.Connection, entity: Entity, ids: Sequence[int]
    ) -> Iterator[tuple[Entity, Sequence[int]]]:
        """Yield objects and all that goes with them, by entity."""
        yield entity, ids
        for relation in entity.relations.values():
            if relation.is_many:
                target = self._catalogue.target(relation)
                table = self._catalogue.table(target)
                key = table.c[self._catalogue.foreign_key(relation)]
                below = list(_existing(connection, table, key, ids))
                if below:
                    yield from self._tree(connection, target, below)


def _existing(
    connection: sa.Connection, table: sa.Table, column: sa.ColumnElement[int], ids: Sequence[int]
) -> Iterator[int]:
    """Yield the ids of the rows whose column is one of some numbers."""
    for start in range(0, len(ids), CHUNK):
        wanted = sa.select(table.c["ID"]).where(column.in_(ids[start : start + CHUNK]))
        yield from connection.scalars(wanted)
