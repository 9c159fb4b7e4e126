"""The catalogue behind the stand-in: the schema, its tables, and what a rule derives for itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import sqlalchemy as sa

from datagateway_api.backends.database.tables import Tables, describe, inspect_tables
from datagateway_api.core import icat_schema
from datagateway_api.core.entities import Entity, Field, FieldType, Relation, Schema

_TEXT_LENGTH = 4096

DERIVED: Mapping[str, Field] = {
    name: Field(name, type_, name.upper(), nullable=True, length=length)
    for name, type_, length in (
        ("bean", FieldType.TEXT, 255),
        ("attribute", FieldType.TEXT, 255),
        ("restricted", FieldType.FLAG, None),
        ("c", FieldType.FLAG, None),
        ("r", FieldType.FLAG, None),
        ("u", FieldType.FLAG, None),
        ("d", FieldType.FLAG, None),
        ("crudJPQL", FieldType.TEXT, _TEXT_LENGTH),
        ("includeJPQL", FieldType.TEXT, _TEXT_LENGTH),
        ("searchJPQL", FieldType.TEXT, _TEXT_LENGTH),
    )
}
"""Columns of RULE_ that ICAT fills from ``what`` and ``crudFlags``; queries may use their names.

They can be null here, unlike in ICAT, so that the database backend can write rules too.
"""

ENUMS: Mapping[str, tuple[str, ...]] = {
    "ParameterValueType": ("DATE_AND_TIME", "NUMERIC", "STRING"),
    "StudyStatus": ("NEW", "IN_PROGRESS", "COMPLETE", "CANCELLED"),
}
_ENUM_NAMES = {choices: name for name, choices in ENUMS.items()}


@dataclass(frozen=True, eq=False)
class Catalogue:
    """The schema of a catalogue with its SQLAlchemy tables.

    ``derived`` holds those of the columns in ``DERIVED`` that the table of rules has.
    """

    schema: Schema
    tables: Mapping[str, sa.Table]
    sessions: sa.Table
    metadata: sa.MetaData
    derived: Mapping[str, Field] = field(default_factory=dict)

    @classmethod
    def new(cls, schema: Schema | None = None) -> Self:
        """Describe a catalogue to be created by ``metadata.create_all``."""
        described = describe(schema or icat_schema.load())
        _add(described.by_entity["Rule"], DERIVED.values())
        return cls._of(described, DERIVED)

    @classmethod
    def inspect(cls, connection: sa.Connection, schema: Schema | None = None) -> Self:
        """Describe the catalogue in a database. Raises MissingTables when there is none."""
        found = inspect_tables(connection, schema or icat_schema.load())
        rules = found.by_entity.get("Rule")
        if rules is None:
            return cls._of(found, {})
        columns = sa.inspect(connection).get_columns(rules.name)
        names = {str(column["name"]).lower(): column["name"] for column in columns}
        derived = {n: f for n, f in DERIVED.items() if f.column.lower() in names}
        _add(rules, derived.values(), names)
        return cls._of(found, derived)

    @classmethod
    def _of(cls, found: Tables, derived: Mapping[str, Field]) -> Self:
        return cls(found.schema, found.by_entity, found.sessions, found.metadata, derived)

    def entity(self, name: str) -> Entity | None:
        """Return the entity of this exact name, if there is one."""
        return self.schema.entities.get(name)

    def table(self, entity: Entity) -> sa.Table:
        """Return an entity's table."""
        return self.tables[entity.name]

    def target(self, relation: Relation) -> Entity:
        """Return the entity a relation leads to."""
        return self.schema.target(relation)

    def attribute(self, entity: Entity, name: str) -> Field | None:
        """Return what a query may call an attribute of the entity: a field or a derived one."""
        found = entity.fields.get(name)
        if found is None and entity.name == "Rule":
            return self.derived.get(name)
        return found

    def column(self, entity: Entity, name: str) -> sa.Column[Any]:
        """Return the column of an attribute or a to-one relation."""
        field = self.attribute(entity, name)
        key = field.column if field is not None else self.foreign_key(entity.relations[name])
        return self.table(entity).c[key]

    def enum(self, choices: tuple[str, ...]) -> str:
        """Return the name of the ICAT enum that has these constants."""
        return _ENUM_NAMES[choices]

    def foreign_key(self, relation: Relation) -> str:
        """Return the name of the column that joins a relation (in the target for to-many)."""
        return self.schema.foreign_key(relation)


def _add(table: sa.Table, fields: Iterable[Field], names: Mapping[str, str] | None = None) -> None:
    for each in fields:
        name = (names or {}).get(each.column.lower(), each.column)
        is_text = each.type is FieldType.TEXT
        type_: Any = sa.String(each.length) if is_text else sa.Boolean(create_constraint=False)
        table.append_column(sa.Column(name, type_, key=each.column))
