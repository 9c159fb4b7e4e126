"""SQL expressions with their types in ICAT."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from datagateway_api.core.entities import Entity, Field, FieldType
from util.icat_server.jpql.literals import Constant

Sql = sa.ColumnElement[Any]
LARGEST_INT = (1 << 31) - 1
NUMBERS = (FieldType.LONG, FieldType.INTEGER, FieldType.DOUBLE)


@dataclass(frozen=True, eq=False, slots=True)
class Typed:
    """An expression: of an attribute's type, or, with ``entity``, the id of an object.

    ``type`` is None for an object and for NULL. ``choices`` are those of an enum. ``constant``
    is a literal's value, which may become one of another type; ``is_null`` marks NULL.
    """

    sql: Sql
    type: FieldType | None = None
    entity: Entity | None = None
    choices: tuple[str, ...] = ()
    constant: Constant | None = None
    is_null: bool = False

    @property
    def is_number(self) -> bool:
        """Say whether it can be reckoned with."""
        return self.type in NUMBERS


def of_field(column: Sql, field: Field) -> Typed:
    """Return an attribute's column."""
    return Typed(column, field.type, choices=field.choices)


def of_constant(value: Constant | None) -> Typed:
    """Return a literal as what it is by itself; a whole number is an int to ICAT."""
    if value is None:
        return Typed(sa.literal_column("NULL"), is_null=True)
    types = {bool: FieldType.FLAG, int: FieldType.INTEGER, float: FieldType.DOUBLE}
    type_ = types.get(type(value), FieldType.TEXT)
    return Typed(bound(value, type_), type_, constant=value)


SQL_TYPES: dict[FieldType, sa.types.TypeEngine[Any]] = {
    FieldType.TEXT: sa.String(),
    FieldType.LONG: sa.BigInteger(),
    FieldType.INTEGER: sa.Integer(),
    FieldType.DOUBLE: sa.Double(),
    FieldType.FLAG: sa.Boolean(),
    FieldType.DATE: sa.DateTime(),
    FieldType.ENUM: sa.Integer(),
}


def bound(value: object, type_: FieldType) -> Sql:
    """Return a value to be bound to a statement."""
    is_wide = isinstance(value, int) and abs(value) > LARGEST_INT
    return sa.bindparam(None, value, type_=SQL_TYPES[FieldType.LONG if is_wide else type_])
