"""Beans as rows of tables, and what the database would refuse about them."""

from collections.abc import Iterator, Mapping, Sequence

import sqlalchemy as sa

from datagateway_api.core import dates
from datagateway_api.core.entities import Entity, Field, FieldType, Relation
from util.icat_server.beans import Bean, Value
from util.icat_server.contract import SELF_MADE_FIELDS
from util.icat_server.errors import IcatError, Kind


class Refused(Exception):
    """The database does not take a row; what ICAT then says depends on whose row it is."""


def attribute_columns(bean: Bean) -> dict[str, object]:
    """Return the columns of a bean's attributes: those not given are null, false or 0."""
    return {
        field.column: stored(field, bean.values.get(field.name))
        for field in bean.entity.fields.values()
        if field.name not in SELF_MADE_FIELDS
    }


def stored(field: Field, value: Value | None) -> object:
    """Return a value as its column holds it: enums by ordinal, null where Java has nulls."""
    if value is None:
        return False if field.type is FieldType.FLAG else field.default
    if field.type is FieldType.ENUM:
        return field.choices.index(str(value))
    return value


def creation_columns(user: str) -> dict[str, object]:
    """Return the columns that tell who made a row, and when."""
    return {"CREATE_ID": user, "CREATE_TIME": dates.now(), **change_columns(user)}


def change_columns(user: str) -> dict[str, object]:
    """Return the columns that tell who changed a row last, and when."""
    return {"MOD_ID": user, "MOD_TIME": dates.now()}


def check_row(entity: Entity, row: Mapping[str, object]) -> None:
    """Raise Refused for a row that lacks something or is too long, which SQLite would take."""
    if next(_problems(entity, row), None) is not None:
        raise Refused


def explain_row(entity: Entity, row: Mapping[str, object]) -> None:
    """Raise IcatError for the first attribute, by name, that is missing or too long."""
    for problem in _problems(entity, row):
        raise IcatError(Kind.VALIDATION, problem)


def _problems(entity: Entity, row: Mapping[str, object]) -> Iterator[str]:
    members: Sequence[Field | Relation] = (*entity.fields.values(), *entity.to_one)
    for member in sorted(members, key=lambda member: member.name):
        if member.name in SELF_MADE_FIELDS:
            continue
        value = row.get(str(member.column))
        if value is None:
            if not member.nullable:
                yield f"{entity.name}: {member.name} cannot be null."
        elif isinstance(member, Field) and _is_too_long(member, value):
            yield f"{entity.name}: {member.name} cannot have length > {member.length}"


def _is_too_long(field: Field, value: object) -> bool:
    return field.length is not None and isinstance(value, str) and len(value) > field.length


def explain_key(
    connection: sa.Connection, table: sa.Table, entity: Entity, row: Mapping[str, object]
) -> None:
    """Raise IcatError when another row has the same unique key."""
    if not entity.unique:
        return
    columns = {name: column_of(entity, name) for name in entity.unique}
    same = [table.c[column] == row.get(column) for column in columns.values()]
    if connection.execute(sa.select(table.c["ID"]).where(*same).limit(1)).first() is None:
        return
    key = ", ".join(f"{n} = '{_shown(entity, n, row.get(c))}'" for n, c in columns.items())
    raise IcatError(Kind.OBJECT_ALREADY_EXISTS, f"{entity.name} exists with {key}")


def column_of(entity: Entity, name: str) -> str:
    """Return the column of an attribute or a to-one relation."""
    found = entity.fields.get(name) or entity.relations[name]
    return str(found.column)


def _shown(entity: Entity, name: str, value: object) -> str:
    relation = entity.relations.get(name)
    return f"{relation.target}:{value}" if relation is not None else str(value)


def bean_id(bean: Bean | None) -> int | None:
    """Return the id that a bean gives, if it does."""
    id_ = bean.values.get("id") if bean is not None else None
    return id_ if isinstance(id_, int) else None
