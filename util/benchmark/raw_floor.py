"""The lower floor: rows read through the bare driver, made into dicts and dumped at once."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import orjson
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from datagateway_api.core import icat_schema
from datagateway_api.core.entities import Entity, Relation

Tree: TypeAlias = Mapping[str, "Tree"]
Object: TypeAlias = dict[str, object]

SECONDS = 1.0
LEAST = 10


class RawReader:
    """One connection of a driver, without anything of the project in the way."""

    def __init__(self, db_url: str) -> None:
        """Connect."""
        self._schema = icat_schema.load()
        engine = create_engine(make_url(db_url))
        self._connection = engine.raw_connection()
        self._cursor: Any = self._connection.cursor()
        if engine.dialect.name in ("mysql", "mariadb"):
            self._cursor.execute("SET SESSION sql_mode = CONCAT(@@sql_mode, ',ANSI_QUOTES')")

    def rows(self, sql: str) -> Sequence[Sequence[Any]]:
        """Run one statement, whose names stand in double quotes."""
        self._cursor.execute(sql)
        found: Sequence[Sequence[Any]] = self._cursor.fetchall()
        return found

    def objects(self, entity_name: str, tail: str, include: Tree | None = None) -> list[Object]:
        """Read entities by the end of a SELECT, and with one more statement each relation."""
        entity = self._schema.entities[entity_name]
        keys = [r for r in entity.to_one if include and r.name in include]
        return [found for found, _ in self._read(entity, tail, include or {}, keys)]

    def _read(
        self, entity: Entity, tail: str, include: Tree, keys: list[Relation]
    ) -> list[tuple[Object, Sequence[Any]]]:
        names = list(entity.fields)
        columns = [f.column for f in entity.fields.values()] + [str(r.column) for r in keys]
        listed = ", ".join(f'"{column}"' for column in columns)
        rows = self.rows(f'SELECT {listed} FROM "{entity.table}" {tail}')  # noqa: S608 a constant
        found = [(dict(zip(names, row, strict=False)), row) for row in rows]
        for name, below in include.items():
            self._add(entity.relations[name], below, found, keys, len(names))
        return found

    def _add(
        self,
        relation: Relation,
        below: Tree,
        found: list[tuple[Object, Sequence[Any]]],
        keys: list[Relation],
        start: int,
    ) -> None:
        """Read what one relation leads to and put it into the objects found."""
        target = self._schema.target(relation)
        inner = [r for r in target.to_one if r.name in below]
        if not relation.is_many:
            place = start + keys.index(relation)
            wanted = {row[place] for _, row in found if row[place] is not None}
            rows = self._below(target, "ID", wanted, below, inner)
            by_id = {each["id"]: each for each, _ in rows}
            for each, row in found:
                each[relation.name] = by_id.get(row[place])
            return
        back = target.relations[str(relation.inverse)]
        rows = self._below(
            target, str(back.column), {o["id"] for o, _ in found}, below, [*inner, back]
        )
        lists: dict[object, list[Object]] = {}
        for each, row in rows:
            lists.setdefault(row[-1], []).append(each)
        for each, _ in found:
            each[relation.name] = lists.get(each["id"], [])

    def _below(
        self,
        target: Entity,
        column: str,
        wanted: set[Any],
        below: Tree,
        keys: list[Relation],
    ) -> list[tuple[Object, Sequence[Any]]]:
        listed = ", ".join(str(int(key)) for key in wanted) or "NULL"
        return self._read(target, f'WHERE "{column}" IN ({listed}) ORDER BY "ID"', below, keys)


def cpu_milliseconds(reader: RawReader, read: Callable[[RawReader], object]) -> float:
    """Repeat a reading and return this process's CPU time for one, its dumping included."""
    orjson.dumps(read(reader))
    repeats, ends, started = 0, time.monotonic() + SECONDS, time.process_time()
    while repeats < LEAST or time.monotonic() < ends:
        orjson.dumps(read(reader))
        repeats += 1
    return (time.process_time() - started) * 1000 / repeats
