"""The catalogue that the recordings were made on: its rows by plain SQL, and copies of it."""

import gzip
import json
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from datagateway_api.backends.database.create import create_tables
from datagateway_api.backends.database.tables import describe
from datagateway_api.core import icat_schema
from datagateway_api.core.entities import Entity, Field, FieldType

FILE = "catalogue_seed1.sqlite.gz"
SCHEMA = icat_schema.load()


def unpack(data: Path, folder: Path) -> Path:
    """Unpack the catalogue into a folder and return the SQLite file."""
    path = folder / "catalogue.sqlite"
    path.write_bytes(gzip.decompress((data / FILE).read_bytes()))
    return path


def restore(path: Path, copy: Path) -> None:
    """Make a copy, which a server may have open, once more what the SQLite file is."""
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)


class StoredRows:
    """Answers written down as SQL, which know nothing of the code under test but its schema."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path)
        self._connection.row_factory = sqlite3.Row

    def answer(self, endpoint: str, sql: str) -> list[Any]:
        """Return the rows of a select of one column: ids of an endpoint's entity, or JSON."""
        cells = [row[0] for row in self._connection.execute(sql)]
        entity = SCHEMA.endpoints[endpoint]
        return [json.loads(c) if isinstance(c, str) else self._entity(entity, c) for c in cells]

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _entity(self, entity: Entity, id_: int) -> dict[str, Any]:
        row = self._connection.execute(
            f'SELECT * FROM "{entity.table}" WHERE ID = ?', (id_,)
        ).fetchone()
        return {field.name: _wire(field, row[field.column]) for field in entity.fields.values()}


def _wire(field: Field, value: Any) -> Any:
    if value is None:
        return None
    if field.type is FieldType.DATE:
        return value.removesuffix(".000000") + "+00:00"
    if field.type is FieldType.FLAG:
        return bool(value)
    return field.choices[value] if field.type is FieldType.ENUM else value


def copy(path: Path, url: str) -> None:
    """Create the catalogue's tables in an empty database and fill them from the SQLite file."""
    tables = describe(SCHEMA)
    source = sqlite3.connect(path)
    source.row_factory = sqlite3.Row
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        create_tables(connection, tables)
        for table in tables.metadata.sorted_tables:
            if table is tables.sessions:
                continue
            found = source.execute(f'SELECT * FROM "{table.name}"')
            rows = [{c.name: _stored(c, row[c.name]) for c in table.columns} for row in found]
            if rows:
                connection.execute(table.insert(), rows)
    engine.dispose()
    source.close()


def _stored(column: sa.Column[Any], value: Any) -> Any:
    if value is not None and isinstance(column.type, sa.DateTime):
        return datetime.fromisoformat(value)
    if value is not None and isinstance(column.type, sa.Boolean):
        return bool(value)
    return value
