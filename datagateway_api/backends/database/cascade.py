"""Deleting with ICAT's cascade: what depends on an object goes with it, however deep."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from sqlalchemy import ColumnElement, Connection, Executable, delete, literal_column, select
from sqlalchemy.engine import CursorResult

from datagateway_api.backends.database.tables import Tables
from datagateway_api.backends.database.triggers import SUMS_REST
from datagateway_api.core.entities import Entity, Relation

CHUNK = 2000
LONGEST_READ = 20_000


class Cascade:
    """Deletes objects and all that their to-many relations lead to, in pieces of flat memory."""

    def __init__(self, tables: Tables) -> None:
        """Take the catalogue's tables."""
        self._tables = tables

    def delete(self, connection: Connection, entity: Entity, ids: Sequence[int]) -> None:
        """Delete objects of one entity, before them what depends on them."""
        table = self._tables.by_entity[entity.name]
        for start in range(0, len(ids), CHUNK):
            chunk = ids[start : start + CHUNK]
            for relation in entity.relations.values():
                if relation.is_many:
                    self._delete_below(connection, relation, chunk)
            _run(connection, delete(table).where(_among(table.c["ID"], chunk)))

    def _delete_below(
        self, connection: Connection, relation: Relation, owners: Sequence[int]
    ) -> None:
        """Delete what one relation leads to. What is read again after each piece is soon gone."""
        target = self._tables.schema.target(relation)
        table = self._tables.by_entity[target.name]
        key = table.c[self._tables.schema.foreign_key(relation)]
        nearby = select(table.c["ID"]).where(key.between(min(owners), max(owners))).limit(1)
        if connection.execute(nearby).first() is None:
            return
        condition = _among(key, owners)
        if not any(below.is_many for below in target.relations.values()):
            _run(connection, delete(table).where(condition))
            return
        wanted = select(table.c["ID"]).where(condition).limit(LONGEST_READ)
        with _sums_at_rest(connection, relation):
            while ids := _run(connection, wanted).scalars().all():
                self.delete(connection, target, ids)


def _among(column: ColumnElement[int], ids: Sequence[int]) -> ColumnElement[bool]:
    """Return a condition with the ids, which are numbers, in its text: drivers bind slowly."""
    numbers = ",".join(str(int(id_)) for id_ in ids)
    return column.op("IN", is_comparison=True)(literal_column(f"({numbers})"))


def _run(connection: Connection, statement: Executable) -> CursorResult[Any]:
    """Run a statement that will not come again, so that its text is not kept."""
    return connection.execute(statement, execution_options={"compiled_cache": None})


def _sums_at_rest(connection: Connection, relation: Relation) -> AbstractContextManager[None]:
    """Leave a dataset's sums as they are while its files go before it, where triggers cost much.

    Its investigation's are put right when the dataset itself goes.
    """
    is_costly = connection.dialect.name in ("mysql", "mariadb")
    is_whole = relation.target == "Datafile" and relation.inverse == "dataset"
    return _resting(connection) if is_costly and is_whole else nullcontext()


@contextmanager
def _resting(connection: Connection) -> Iterator[None]:
    connection.exec_driver_sql(f"SET {SUMS_REST} = 1")
    try:
        yield
    finally:
        connection.exec_driver_sql(f"SET {SUMS_REST} = NULL")
