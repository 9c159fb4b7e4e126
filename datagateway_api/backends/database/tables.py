"""ICAT's tables: as the schema describes them, and as a real database has them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    inspect,
)
from sqlalchemy.dialects import mysql
from sqlalchemy.engine import Connection
from sqlalchemy.types import TypeEngine

from datagateway_api.core.entities import Entity, Field, FieldType, Schema

INDEXED = frozenset(
    ("name", "title", "startDate", "endDate", "releaseDate", "pid", "doi", "modTime", "visitId")
)
_TYPES: Mapping[FieldType, TypeEngine[Any]] = {
    FieldType.LONG: BigInteger().with_variant(Integer, "sqlite"),
    FieldType.INTEGER: Integer(),
    FieldType.DOUBLE: Double(),
    FieldType.FLAG: Boolean(create_constraint=False),
    FieldType.DATE: DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"),
    FieldType.ENUM: Integer(),
}


@dataclass(frozen=True)
class Tables:
    """The tables of one catalogue with the part of the schema that they can hold.

    A column is found by the schema's name for it, whatever its real name's case.
    """

    schema: Schema
    by_entity: Mapping[str, Table]
    sessions: Table
    metadata: MetaData


class MissingTables(Exception):
    """The database holds no ICAT catalogue: these tables are absent."""


def describe(schema: Schema) -> Tables:
    """Build the tables of a catalogue to be created, keys and indexes included."""
    metadata = MetaData()
    tables = {name: _new_table(metadata, schema, e) for name, e in schema.entities.items()}
    return Tables(schema, tables, _sessions_table(metadata, "SESSION_", {}), metadata)


def inspect_tables(connection: Connection, schema: Schema) -> Tables:
    """Build the tables of the catalogue in a database, and cut the schema to what exists.

    Table and column names are found whatever their case. Raises MissingTables when there is no
    session table or no entity's table at all.
    """
    inspector = inspect(connection)
    wanted = {entity.table.lower() for entity in schema.entities.values()} | {"session_"}
    names = {name.lower(): name for name in inspector.get_table_names() if name.lower() in wanted}
    if "session_" not in names or len(names) < 2:
        raise MissingTables(", ".join(sorted(wanted - set(names))))
    columns = {
        table: {str(c["name"]).lower(): c for c in inspector.get_columns(name)}
        for table, name in names.items()
    }
    cut = schema.cut(
        lambda entity: "id" in columns.get(entity.table.lower(), {}),
        lambda entity, column: column.lower() in columns[entity.table.lower()],
    )
    metadata = MetaData()
    tables = {
        name: _found_table(metadata, e, names[e.table.lower()], columns[e.table.lower()])
        for name, e in cut.entities.items()
    }
    sessions = _sessions_table(metadata, names["session_"], columns["session_"])
    return Tables(cut, tables, sessions, metadata)


def _column_type(field: Field) -> TypeEngine[Any]:
    """Return a column's type; PostgreSQL's texts are sorted by code point, so indexes help."""
    if field.type is FieldType.TEXT:
        by_code_point = String(field.length, collation="C")
        return String(field.length).with_variant(by_code_point, "postgresql")
    return _TYPES[field.type]


def _new_table(metadata: MetaData, schema: Schema, entity: Entity) -> Table:
    columns = [
        Column(
            field.column,
            _column_type(field),
            primary_key=field.name == "id",
            nullable=field.nullable,
        )
        for field in entity.fields.values()
    ]
    keys = [
        Column(
            relation.column,
            BigInteger().with_variant(Integer, "sqlite"),
            ForeignKey(schema.target(relation).table + ".ID"),
            nullable=relation.nullable,
        )
        for relation in entity.to_one
    ]
    # Else SQLite would give the id of a deleted row again.
    table = Table(entity.table, metadata, *columns, *keys, sqlite_autoincrement=True)
    unique = [_unique_column(entity, name) for name in entity.unique]
    if unique:
        table.append_constraint(UniqueConstraint(*unique, name=f"UNQ_{entity.table}_0"))
    covered = set(unique[:1])
    indexed = [r.column for r in entity.to_one if r.column]
    indexed += [f.column for f in entity.fields.values() if f.name in INDEXED]
    if entity.name == "Datafile":
        indexed.append(entity.fields["location"].column)
    for name in indexed:
        if name not in covered:
            Index(f"IX_{entity.table}_{name}", table.c[name])
    return table


def _unique_column(entity: Entity, name: str) -> str:
    relation = entity.relations.get(name)
    column = relation.column if relation is not None else entity.fields[name].column
    assert column is not None
    return column


def _found_table(
    metadata: MetaData, entity: Entity, name: str, found: Mapping[str, Mapping[str, Any]]
) -> Table:
    columns = [
        Column(
            found[field.column.lower()]["name"],
            _found_type(field, found[field.column.lower()]["type"]),
            key=field.column,
            primary_key=field.name == "id",
            nullable=bool(found[field.column.lower()]["nullable"]) and field.name != "id",
        )
        for field in entity.fields.values()
    ]
    keys = [
        Column(found[relation.column.lower()]["name"], BigInteger, key=relation.column)
        for relation in entity.to_one
        if relation.column is not None
    ]
    return Table(name, metadata, *columns, *keys)


def _found_type(field: Field, real: TypeEngine[Any]) -> TypeEngine[Any]:
    """Take the real type where its details change the SQL: flags and fractions of seconds."""
    if field.type is FieldType.FLAG:
        return Boolean() if isinstance(real, Boolean) else Integer()
    if field.type is FieldType.DATE and isinstance(real, mysql.DATETIME):
        return real
    return _column_type(field)


def _sessions_table(metadata: MetaData, name: str, found: Mapping[str, Mapping[str, Any]]) -> Table:
    def real(column: str) -> str:
        return str(found[column.lower()]["name"]) if found else column

    return Table(
        name,
        metadata,
        Column(real("ID"), String(255), primary_key=True, key="id"),
        Column(real("EXPIREDATETIME"), _TYPES[FieldType.DATE], key="expireDateTime"),
        Column(real("USERNAME"), String(255), key="userName"),
    )
