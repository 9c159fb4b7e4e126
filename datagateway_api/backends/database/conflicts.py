"""Which unique key made the database refuse, in words."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from datagateway_api.backends.database.tables import Tables
from datagateway_api.core.entities import Entity
from datagateway_api.core.errors import AlreadyExists, BadRequest
from datagateway_api.core.query.parse import shown
from datagateway_api.core.writing.model import Change, Draft, Problem

Key = tuple[object, ...]


class Conflicts:
    """Finds the objects of a request whose unique keys are taken."""

    def __init__(self, tables: Tables) -> None:
        """Take the catalogue's tables."""
        self._tables = tables

    def check_among(self, drafts: Sequence[Draft]) -> None:
        """Raise AlreadyExists when two new objects of a request have one key."""
        owners = {
            id(child): id(draft)
            for draft in drafts
            for children in draft.children.values()
            for child in children
        }
        seen: dict[Key, str] = {}
        problems = []
        for draft in drafts:
            key = _draft_key(draft)
            if key is None:
                continue
            found = seen.setdefault((draft.entity.name, owners.get(id(draft)), *key), draft.place)
            if found != draft.place:
                problems.append(
                    Problem(
                        draft.place,
                        ", ".join(draft.entity.unique),
                        f"{draft.entity.name} has the same unique key as {found}",
                    )
                )
        if problems:
            raise _already_exists(problems)

    def explain(
        self, connection: Connection, items: Sequence[Draft | Change], error: BadRequest
    ) -> None:
        """Raise AlreadyExists naming the keys that are taken; return when none is."""
        problems = []
        for item in items:
            key = self._wanted(connection, item)
            if key is not None and self._is_taken(connection, item, key):
                named = ", ".join(
                    f"{name} = {shown(value)}"
                    for name, value in zip(item.entity.unique, key, strict=True)
                )
                names = ", ".join(item.entity.unique)
                problems.append(
                    Problem(item.place, names, f"{item.entity.name} exists with {named}")
                )
        if problems:
            raise _already_exists(problems) from error

    def _wanted(self, connection: Connection, item: Draft | Change) -> Key | None:
        """Return the key an item is to have; a change keeps what it does not name."""
        if not item.entity.unique:
            return None
        now: dict[str, object] = {}
        if isinstance(item, Change):
            table = self._tables.by_entity[item.entity.name]
            columns = [table.c[_column(item.entity, name)] for name in item.entity.unique]
            row = connection.execute(select(*columns).where(table.c["ID"] == item.id)).first()
            now = dict(zip(item.entity.unique, row or (), strict=False))
        now |= {field.name: value for field, value in item.values.items()}
        now |= {relation.name: id_ for relation, id_ in item.keys.items()}
        key = tuple(now.get(name) for name in item.entity.unique)
        return None if None in key else key

    def _is_taken(self, connection: Connection, item: Draft | Change, key: Key) -> bool:
        table = self._tables.by_entity[item.entity.name]
        statement = select(table.c["ID"]).limit(1)
        for name, value in zip(item.entity.unique, key, strict=True):
            statement = statement.where(table.c[_column(item.entity, name)] == value)
        if isinstance(item, Change):
            statement = statement.where(table.c["ID"] != item.id)
        return connection.execute(statement).first() is not None


def _draft_key(draft: Draft) -> Key | None:
    if not draft.entity.unique:
        return None
    given: dict[str, object] = {field.name: value for field, value in draft.values.items()}
    given |= {relation.name: id_ for relation, id_ in draft.keys.items()}
    return tuple(given.get(name) for name in draft.entity.unique)


def _column(entity: Entity, name: str) -> str:
    relation = entity.relations.get(name)
    return str(relation.column) if relation is not None else entity.fields[name].column


def _already_exists(problems: Sequence[Problem]) -> AlreadyExists:
    first = problems[0]
    where = f"{first.place}: " if first.place else ""
    return AlreadyExists(
        f"{where}{first.reason}", details=[problem.as_detail() for problem in problems[:100]]
    )
