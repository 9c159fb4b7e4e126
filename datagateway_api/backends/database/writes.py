"""Creating, updating and deleting: one transaction a request, in bulk, with ICAT's cascade."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Connection, Table, bindparam, insert, select, update

from datagateway_api.backends.database.cascade import Cascade
from datagateway_api.backends.database.conflicts import Conflicts
from datagateway_api.backends.database.hooks import StoredRows
from datagateway_api.backends.database.moments import moment_after
from datagateway_api.backends.database.tables import Tables
from datagateway_api.core import dates
from datagateway_api.core.entities import Entity, Field, FieldType
from datagateway_api.core.errors import AlreadyExists, NotFound
from datagateway_api.core.values import Scalar
from datagateway_api.core.writing.check import check_unmodified, refuse
from datagateway_api.core.writing.hooks import check_hooks
from datagateway_api.core.writing.model import Change, Draft, Moments, Problem
from datagateway_api.sql.connections import Connections, Lease

CHUNK = 1000

Read: TypeAlias = Callable[[Lease, Sequence[int]], bytes]
"""Reads what was written, by ids, before the transaction ends: so it is what was written."""


class Writer:
    """Writes to the tables of one catalogue."""

    def __init__(self, connections: Connections, tables: Tables) -> None:
        """Take the database and its tables."""
        self._connections = connections
        self._tables = tables
        self._conflicts = Conflicts(tables)
        self._cascade = Cascade(tables)

    def create(self, user_name: str, drafts: Sequence[Draft], read: Read) -> bytes:
        """Create objects of one entity, and all below them; return them in order."""
        everything = [draft for top in drafts for draft in top.walk()]
        self._conflicts.check_among(everything)

        def work(connection: Connection) -> bytes:
            self._check_keys(connection, everything)
            check_hooks(StoredRows(connection, self._tables), everything)
            ids = self._insert(connection, user_name, drafts)
            with self._connections.reading_in(connection) as lease:
                return read(lease, ids)

        return self._write(work, everything)

    def update(self, user_name: str, changes: Sequence[Change], read: Read) -> bytes:
        """Change objects of one entity; return them in order.

        Raises NotFound naming the first id that is unknown, PreconditionFailed.
        """

        def work(connection: Connection) -> bytes:
            last = self._check_states(connection, changes)
            self._check_keys(connection, changes)
            check_hooks(StoredRows(connection, self._tables), changes)
            for change in changes:
                self._update_one(connection, user_name, change, last[change.id])
            with self._connections.reading_in(connection) as lease:
                return read(lease, [change.id for change in changes])

        return self._write(work, changes)

    def delete(self, entity: Entity, id_: int, unmodified: Moments | None = None) -> None:
        """Delete an object and all that depends on it. Raises NotFound, PreconditionFailed."""
        doomed = Change("", entity, id_, {}, {}, unmodified)

        def work(connection: Connection) -> None:
            table = self._tables.by_entity[entity.name]
            row = select(table.c["MOD_TIME"]).where(table.c["ID"] == id_).with_for_update()
            found = connection.execute(row).first()
            if found is None:
                raise _unknown(doomed)
            check_unmodified([doomed], {id_: found[0]})
            self._cascade.delete(connection, entity, [id_])

        self._connections.write(work)

    def _write(self, work: Callable[[Connection], bytes], items: Sequence[Draft | Change]) -> bytes:
        """Write in one transaction; where a unique key made the database refuse, say which."""
        try:
            return self._connections.write(work)
        except AlreadyExists as error:
            known = error

        raise self._connections.write(
            lambda connection: self._conflicts.explain(connection, items, known)
        ) from known

    def _insert(
        self,
        connection: Connection,
        user_name: str,
        drafts: Sequence[Draft],
        owner_ids: Sequence[int] = (),
    ) -> list[int]:
        """Insert objects created through one relation, or at the top, and all below them."""
        if not drafts:
            return []
        entity = drafts[0].entity
        rows = [self._row(draft, user_name) for draft in drafts]
        if drafts[0].through is not None:
            column = self._tables.schema.foreign_key(drafts[0].through)
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
                self._insert(connection, user_name, below, parents)
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

    def _update_one(
        self, connection: Connection, user_name: str, change: Change, last: datetime | None
    ) -> None:
        table = self._tables.by_entity[change.entity.name]
        moment = moment_after(last, table.c["MOD_TIME"].type)
        values: dict[str, object] = {"MOD_ID": user_name, "MOD_TIME": moment}
        values |= {field.column: stored(field, value) for field, value in change.values.items()}
        values |= {str(relation.column): id_ for relation, id_ in change.keys.items()}
        columns = {table.c[key]: value for key, value in values.items()}
        statement = update(table).where(table.c["ID"] == change.id).values(columns)
        if connection.execute(statement).rowcount == 0:
            raise _unknown(change)

    def _check_states(
        self, connection: Connection, changes: Sequence[Change]
    ) -> dict[int, datetime | None]:
        """Lock what is to be changed and return its modTimes, once all is as it must be."""
        table = self._tables.by_entity[changes[0].entity.name]
        found = _locked(connection, table, [change.id for change in changes])
        for change in changes:
            if change.id not in found:
                raise _unknown(change)
        check_unmodified(changes, found)
        return found

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


def stored(field: Field, value: Scalar | None) -> object:
    """Return a value as its column holds it: enums by ordinal."""
    if field.type is FieldType.ENUM and value is not None:
        return field.choices.index(str(value))
    return value


def _default(field: Field) -> Scalar | None:
    return bool(field.default) if field.type is FieldType.FLAG else field.default


def _unknown(change: Change) -> NotFound:
    where = f"{change.place}: " if change.place else ""
    return NotFound(f"{where}there is no {change.entity.name} with id {change.id}")


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]


def _existing(connection: Connection, table: Table, ids: Sequence[int]) -> set[int]:
    found: set[int] = set()
    for chunk in _chunks(ids):
        found.update(connection.scalars(select(table.c["ID"]).where(table.c["ID"].in_(chunk))))
    return found


def _locked(connection: Connection, table: Table, ids: Sequence[int]) -> dict[int, datetime | None]:
    """Return the modTimes of those ids that exist, and lock their rows.

    That happens in one order, so that none wait in a circle.
    """
    found: dict[int, datetime | None] = {}
    rows = select(table.c["ID"], table.c["MOD_TIME"]).order_by(table.c["ID"])
    for chunk in _chunks(sorted(ids)):
        locking = rows.where(table.c["ID"].in_(chunk)).with_for_update(key_share=True)
        for id_, moment in connection.execute(locking):
            found[id_] = moment
    return found


def _insert_rows(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]
) -> list[int]:
    """Insert rows, in bulk where the database returns their ids, and return the ids in order.

    SQLite counts up from row to row, but SQLAlchemy would insert them one by one to be sure.
    """
    values: dict[Any, Any] = {table.c[key]: bindparam(f"b_{key}") for key in rows[0]}
    bound = [{f"b_{key}": value for key, value in row.items()} for row in rows]
    statement = insert(table).values(values)
    if connection.dialect.insert_executemany_returning:
        counts_up = connection.dialect.name == "sqlite"
        returning = statement.returning(table.c["ID"], sort_by_parameter_order=not counts_up)
        ids = connection.scalars(returning, bound).all()
        return sorted(ids) if counts_up else list(ids)
    results = (connection.execute(statement, row) for row in bound)
    return [result.inserted_primary_key[0] for result in results]  # type: ignore[index]
