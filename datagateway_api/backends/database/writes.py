"""Creating, updating and deleting: one transaction a request, in bulk, with ICAT's cascade."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, insert, select, update
from sqlalchemy import exc as sqlalchemy_errors

from datagateway_api.backends.database.conflicts import Conflicts
from datagateway_api.backends.database.connections import Connections
from datagateway_api.backends.database.hooks import check_hooks
from datagateway_api.backends.database.tables import Tables
from datagateway_api.core import dates
from datagateway_api.core.entities import Entity, Field, FieldType, Relation
from datagateway_api.core.errors import BadRequest, NotFound
from datagateway_api.core.values import Scalar
from datagateway_api.core.writing.check import refuse
from datagateway_api.core.writing.model import Change, Draft, Problem

CHUNK = 1000


class Writer:
    """Writes to the tables of one catalogue."""

    def __init__(self, connections: Connections, tables: Tables) -> None:
        """Take the database and its tables."""
        self._connections = connections
        self._tables = tables
        self._conflicts = Conflicts(tables)

    def create(self, user_name: str, drafts: Sequence[Draft]) -> list[int]:
        """Create objects of one entity, and all below them; return their ids in order."""
        everything = [draft for top in drafts for draft in top.walk()]
        self._conflicts.check_among(everything)
        try:
            with self._connections.transaction() as connection:
                self._check_keys(connection, everything)
                check_hooks(connection, self._tables, everything)
                return self._insert(connection, user_name, drafts, None, ())
        except BadRequest as error:
            self._explain(error, everything)
            raise

    def update(self, user_name: str, changes: Sequence[Change]) -> None:
        """Change objects of one entity. Raises NotFound naming the first id that is unknown."""
        try:
            with self._connections.transaction() as connection:
                self._check_exist(connection, changes)
                self._check_keys(connection, changes)
                check_hooks(connection, self._tables, changes)
                for change in changes:
                    self._update_one(connection, user_name, change)
        except BadRequest as error:
            self._explain(error, changes)
            raise

    def delete(self, entity: Entity, id_: int) -> None:
        """Delete an object and all that depends on it. Raises NotFound when it is unknown."""
        with self._connections.transaction() as connection:
            table = self._tables.by_entity[entity.name]
            if not _existing(connection, table, [id_]):
                raise NotFound(f"there is no {entity.name} with id {id_}")
            self._delete(connection, entity, [id_])

    def _insert(
        self,
        connection: Connection,
        user_name: str,
        drafts: Sequence[Draft],
        owner: Relation | None,
        owner_ids: Sequence[int],
    ) -> list[int]:
        if not drafts:
            return []
        entity = drafts[0].entity
        rows = [self._row(draft, user_name) for draft in drafts]
        if owner is not None:
            column = self._tables.schema.foreign_key(owner)
            for row, id_ in zip(rows, owner_ids, strict=True):
                row[column] = id_
        ids = _insert_rows(connection, self._tables.by_entity[entity.name], rows)
        for relation in entity.relations.values():
            if relation.is_many:
                pairs = [
                    (child, id_)
                    for draft, id_ in zip(drafts, ids, strict=True)
                    for child in draft.children.get(relation, ())
                ]
                below, parents = [child for child, _ in pairs], [id_ for _, id_ in pairs]
                self._insert(connection, user_name, below, relation, parents)
        return ids

    def _row(self, draft: Draft, user_name: str) -> dict[str, object]:
        now = dates.now()
        row: dict[str, object] = {
            "CREATE_ID": user_name,
            "CREATE_TIME": now,
            "MOD_ID": user_name,
            "MOD_TIME": now,
        }
        for field in draft.entity.fields.values():
            if field.name != "id" and field.column not in row:
                row[field.column] = stored(field, draft.values.get(field, _default(field)))
        for relation in draft.entity.to_one:
            row[str(relation.column)] = draft.keys.get(relation)
        return row

    def _update_one(self, connection: Connection, user_name: str, change: Change) -> None:
        table = self._tables.by_entity[change.entity.name]
        values: dict[str, object] = {"MOD_ID": user_name, "MOD_TIME": dates.now()}
        values |= {field.column: stored(field, value) for field, value in change.values.items()}
        values |= {str(relation.column): id_ for relation, id_ in change.keys.items()}
        columns = {table.c[key]: value for key, value in values.items()}
        connection.execute(update(table).where(table.c["ID"] == change.id).values(columns))

    def _delete(self, connection: Connection, entity: Entity, ids: Sequence[int]) -> None:
        """Delete rows, first what depends on them, a chunk at a time so that memory is flat."""
        table = self._tables.by_entity[entity.name]
        for chunk in _chunks(ids):
            for relation in entity.relations.values():
                if relation.is_many:
                    self._delete_below(connection, relation, chunk)
            connection.execute(delete(table).where(table.c["ID"].in_(chunk)))

    def _delete_below(
        self, connection: Connection, relation: Relation, owners: Sequence[int]
    ) -> None:
        target = self._tables.schema.target(relation)
        table = self._tables.by_entity[target.name]
        condition = table.c[self._tables.schema.foreign_key(relation)].in_(owners)
        if not any(below.is_many for below in target.relations.values()):
            connection.execute(delete(table).where(condition))
            return
        while ids := connection.scalars(select(table.c["ID"]).where(condition).limit(CHUNK)).all():
            self._delete(connection, target, ids)

    def _check_exist(self, connection: Connection, changes: Sequence[Change]) -> None:
        if not changes:
            return
        entity = changes[0].entity
        table = self._tables.by_entity[entity.name]
        found = _existing(connection, table, [change.id for change in changes])
        for change in changes:
            if change.id not in found:
                where = f"{change.place}: " if change.place else ""
                raise NotFound(f"{where}there is no {entity.name} with id {change.id}")

    def _check_keys(self, connection: Connection, items: Sequence[Draft | Change]) -> None:
        """Raise BadRequest naming every related object that does not exist."""
        wanted: dict[str, dict[int, None]] = {}
        for item in items:
            for relation, id_ in item.keys.items():
                if id_ is not None:
                    wanted.setdefault(relation.target, {})[id_] = None
        found = {
            target: _existing(connection, self._tables.by_entity[target], list(ids))
            for target, ids in wanted.items()
        }
        problems = [
            Problem(item.place, relation.name, f"there is no {relation.target} with id {id_}")
            for item in items
            for relation, id_ in item.keys.items()
            if id_ is not None and id_ not in found[relation.target]
        ]
        if problems:
            raise refuse(problems)

    def _explain(self, error: BadRequest, items: Sequence[Draft | Change]) -> None:
        """Raise AlreadyExists instead, where a unique key made the database refuse."""
        if isinstance(error.__cause__, sqlalchemy_errors.IntegrityError):
            with self._connections.transaction() as connection:
                self._conflicts.explain(connection, items, error)


def stored(field: Field, value: Scalar | None) -> object:
    """Return a value as its column holds it: enums by ordinal."""
    if field.type is FieldType.ENUM and value is not None:
        return field.choices.index(str(value))
    return value


def _default(field: Field) -> Scalar | None:
    return bool(field.default) if field.type is FieldType.FLAG else field.default


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]


def _existing(connection: Connection, table: Table, ids: Sequence[int]) -> set[int]:
    found: set[int] = set()
    for chunk in _chunks(ids):
        found.update(connection.scalars(select(table.c["ID"]).where(table.c["ID"].in_(chunk))))
    return found


def _insert_rows(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]
) -> list[int]:
    """Insert rows, in bulk where the database returns their ids, and return the ids in order."""
    values: dict[Any, Any] = {table.c[key]: bindparam(f"b_{key}") for key in rows[0]}
    bound = [{f"b_{key}": value for key, value in row.items()} for row in rows]
    statement = insert(table).values(values)
    if connection.dialect.insert_executemany_returning_sort_by_parameter_order:
        returning = statement.returning(table.c["ID"], sort_by_parameter_order=True)
        return list(connection.scalars(returning, bound))
    results = (connection.execute(statement, row) for row in bound)
    return [result.inserted_primary_key[0] for result in results]  # type: ignore[index]
