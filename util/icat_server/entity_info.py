"""What ICAT tells of its entities: fields, their types and the unique keys."""

from collections.abc import Iterator
from dataclasses import dataclass

from datagateway_api.core.entities import Entity, Field, FieldType, Relation, Schema
from util.icat_server.contract import (
    BASE_BEAN,
    FIELD_ENUMS,
    PARAMETER,
    PARAMETER_FIELDS,
    SELF_MADE_FIELDS,
)
from util.icat_server.errors import IcatError, Kind


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """One attribute or relation, in the words of ICAT's ``entityField``."""

    name: str
    rel_type: str
    type: str
    is_not_nullable: bool
    length: int | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class EntityInfo:
    """One entity, in the words of ICAT's ``entityInfo``."""

    comment: str | None
    fields: tuple[FieldInfo, ...]
    unique: tuple[str, ...] = ()


def entity_info(schema: Schema, name: str) -> EntityInfo:
    """Return what ICAT tells of an entity, or of one of the two that others are made from."""
    if name in (BASE_BEAN, PARAMETER):
        return _abstract(schema, name)
    entity = schema.entities.get(name)
    if entity is None:
        raise IcatError(Kind.BAD_PARAMETER, f"{name} is not an ICAT entity")
    return EntityInfo(entity.doc, tuple(_fields(entity)), entity.unique)


def _abstract(schema: Schema, name: str) -> EntityInfo:
    some = schema.entities["DatasetParameter"]
    wanted = set(SELF_MADE_FIELDS)
    if name == PARAMETER:
        wanted |= {*PARAMETER_FIELDS, "type"}
    return EntityInfo(None, tuple(f for f in _fields(some) if f.name in wanted))


def _fields(entity: Entity) -> Iterator[FieldInfo]:
    infos = [_field(entity, field) for field in entity.fields.values()]
    infos += [_relation(relation) for relation in entity.relations.values()]
    yield from sorted(infos, key=lambda info: info.name)


def _field(entity: Entity, field: Field) -> FieldInfo:
    is_self_made = field.name in SELF_MADE_FIELDS
    # Of the flags, which Java never holds as null, ICAT marks but this one as mandatory.
    is_unmarked = field.type is FieldType.FLAG and field.name != "complete"
    return FieldInfo(
        field.name,
        "ATTRIBUTE",
        _type(entity, field),
        not (field.nullable or is_self_made or is_unmarked),
        None if is_self_made else field.length,
        None if is_self_made else field.doc or None,
    )


def _type(entity: Entity, field: Field) -> str:
    """Return the name of a field's Java type."""
    if field.type is FieldType.FLAG:
        return "boolean"
    enum = FIELD_ENUMS.get((entity.name, field.name))
    return enum[0].upper() + enum[1:] if enum else field.type.value


def _relation(relation: Relation) -> FieldInfo:
    is_required = not relation.is_many and not relation.nullable
    return FieldInfo(
        relation.name, "MANY" if relation.is_many else "ONE", relation.target, is_required
    )
