"""What the hooks of ICAT's entities need to know of the rows that are stored."""

from collections.abc import Iterator, Sequence
from typing import cast

from sqlalchemy import Connection, select

from datagateway_api.backends.database.tables import Tables
from datagateway_api.core.entities import Entity
from datagateway_api.core.writing.hooks import Facts

LONGEST_IN = 1000


class StoredRows:
    """Reads what the catalogue holds already."""

    def __init__(self, connection: Connection, tables: Tables) -> None:
        self._connection = connection
        self._tables = tables
        self.schema = tables.schema

    def rows(self, name: str, ids: Sequence[int]) -> dict[int, Facts]:
        """Return the objects of an entity by id."""
        rows = self._read(self.schema.entities[name], "id", ids)
        return {cast(int, row["id"]): row for row in rows}

    def allowed(self, type_ids: Sequence[int]) -> dict[int, list[str]]:
        """Return the permissible string values of parameter types, as far as they have any."""
        found: dict[int, list[str]] = {}
        entity = self.schema.entities["PermissibleStringValue"]
        for row in self._read(entity, "type", type_ids):
            found.setdefault(cast(int, row["type"]), []).append(str(row["value"]))
        return found

    def _read(self, entity: Entity, key: str, ids: Sequence[int]) -> Iterator[Facts]:
        columns = {field.name: field.column for field in entity.fields.values()}
        columns |= {relation.name: str(relation.column) for relation in entity.to_one}
        table = self._tables.by_entity[entity.name]
        statement = select(*(table.c[column].label(name) for name, column in columns.items()))
        enums = [(f.name, f.choices) for f in entity.fields.values() if f.choices]
        wanted = sorted(set(ids))
        for start in range(0, len(wanted), LONGEST_IN):
            condition = table.c[columns[key]].in_(wanted[start : start + LONGEST_IN])
            for row in self._connection.execute(statement.where(condition)):
                facts = dict(row._mapping)
                yield facts | {n: names[facts[n]] for n, names in enums if facts[n] is not None}
