"""Which unique key made the database refuse, in words."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, select, tuple_

from datagateway_api.backends.database.tables import Tables
from datagateway_api.core.entities import Entity
from datagateway_api.core.errors import AlreadyExists
from datagateway_api.core.writing.keys import Item, Wanted, check_among, taken
from datagateway_api.core.writing.model import Change, Draft


class Conflicts:
    """Finds the objects of a request whose unique keys are taken."""

    def __init__(self, tables: Tables) -> None:
        """Take the catalogue's tables."""
        self._tables = tables

    def check_among(self, drafts: Iterable[Draft]) -> None:
        """Raise AlreadyExists when two new objects of a request have one key."""
        check_among(drafts)

    def explain(
        self, connection: Connection, items: Sequence[Item], error: AlreadyExists
    ) -> AlreadyExists:
        """Return an error that names the keys that are taken, or the same where none is found."""
        return taken(_Keys(connection, self._tables), items) or error


class _Keys:
    """The unique keys of the rows that are stored."""

    def __init__(self, connection: Connection, tables: Tables) -> None:
        self._connection = connection
        self._tables = tables

    def now(self, entity: Entity, ids: Sequence[int]) -> Mapping[int, Mapping[str, object]]:
        table = self._tables.by_entity[entity.name]
        columns = [table.c[_column(entity, name)] for name in entity.unique]
        statement = select(table.c["ID"], *columns).where(table.c["ID"].in_(ids))
        rows = self._connection.execute(statement)
        return {row[0]: dict(zip(entity.unique, row[1:], strict=True)) for row in rows}

    def has_any(self, wanted: Sequence[Wanted]) -> bool:
        entity = wanted[0][0].entity
        table = self._tables.by_entity[entity.name]
        columns = [table.c[_column(entity, name)] for name in entity.unique]
        keys = [key for _, key in wanted]
        statement = select(table.c["ID"]).where(tuple_(*columns).in_(keys))
        if len(wanted) > 1:
            return self._connection.execute(statement.limit(1)).first() is not None
        own = wanted[0][0].id if isinstance(wanted[0][0], Change) else 0
        return any(id_ != own for id_ in self._connection.scalars(statement))


def _column(entity: Entity, name: str) -> str:
    relation = entity.relations.get(name)
    return str(relation.column) if relation is not None else entity.fields[name].column
