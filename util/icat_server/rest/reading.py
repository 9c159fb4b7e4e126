"""Beans out of the JSON that clients send."""

from collections.abc import Callable, Iterator, Mapping
from datetime import tzinfo
from typing import TypeAlias

import orjson

from datagateway_api.core.entities import Entity, Field, FieldType, Relation, Schema
from util.icat_server.beans import Bean, Value
from util.icat_server.contract import SELF_MADE_FIELDS
from util.icat_server.errors import IcatError, Kind
from util.icat_server.soap.reading import read_moment

_LIMITS = {FieldType.LONG: 2**63, FieldType.INTEGER: 2**31}
_Read: TypeAlias = Callable[[object], Value]


def parse(name: str, text: str | None) -> object:
    """Return the value of a parameter that holds JSON. Raises IcatError where it does not."""
    if text is None:
        raise IcatError(Kind.BAD_PARAMETER, f"{name} is not set")
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise IcatError(Kind.BAD_PARAMETER, f"{name} is no valid JSON: {error}") from error


class DocumentReader:
    """Reads entities; moments without a zone are taken to be in the server's."""

    def __init__(self, schema: Schema, zone: tzinfo) -> None:
        """Take the entities, and the server's time zone."""
        self._schema = schema
        self._zone = zone

    def beans(self, text: str | None) -> list[Bean]:
        """Read one entity or a list of them. Raises IcatError with the index of the first bad."""
        content = parse("entities", text)
        return list(self._beans(content if isinstance(content, list) else [content]))

    def _beans(self, content: list[object]) -> Iterator[Bean]:
        for offset, each in enumerate(content):
            try:
                yield self._bean(each)
            except IcatError as error:
                error.offset = offset
                raise

    def _bean(self, content: object) -> Bean:
        if not isinstance(content, dict) or len(content) != 1:
            raise _bad('entity must look like {"Facility": {"name": "x"}}')
        [(name, members)] = content.items()
        entity = self._schema.entities.get(name)
        if entity is None:
            raise _bad(f"{name} is not an ICAT entity")
        return self._read(entity, members)

    def _read(self, entity: Entity, members: object) -> Bean:
        if not isinstance(members, Mapping):
            raise _bad(f"{entity.name} must be an object")
        bean = Bean(entity, {})
        for name, content in members.items():
            if name in entity.fields:
                if name == "id" or name not in SELF_MADE_FIELDS:
                    bean.values[name] = self._value(entity, entity.fields[name], content)
            elif name in entity.relations:
                self._relate(bean, entity.relations[name], content)
            else:
                raise _bad(f"Field {name} not found in {entity.name}")
        return bean

    def _relate(self, bean: Bean, relation: Relation, content: object) -> None:
        target = self._schema.target(relation)
        if relation.is_many:
            if not isinstance(content, list):
                raise _bad(f"{relation.name} must be a list")
            bean.manys[relation.name] = [self._read(target, each) for each in content]
        elif content is None:
            bean.ones[relation.name] = None
        else:
            bean.ones[relation.name] = self._read(target, content)

    def _value(self, entity: Entity, field: Field, content: object) -> Value | None:
        if content is None:
            return None
        try:
            return self._converted(field, content)
        except (ValueError, OverflowError) as error:
            kind = field.type.value
            message = f"{entity.name}: {field.name} must be a {kind}, got {content}"
            raise _bad(message) from error

    def _converted(self, field: Field, content: object) -> Value:
        match field.type:
            case FieldType.TEXT:
                return content if isinstance(content, str) else str(content)
            case FieldType.DATE:
                return read_moment(str(content), self._zone)
            case FieldType.ENUM:
                return field.choices[field.choices.index(str(content))]
            case FieldType.FLAG:
                return _flag(content)
            case FieldType.DOUBLE:
                return float(str(content))
            case _:
                return _whole(content, _LIMITS[field.type])


def _flag(content: object) -> bool:
    if isinstance(content, bool):
        return content
    return str(content).lower() == "true"


def _whole(content: object, limit: int) -> int:
    number = int(str(content))
    if not -limit <= number < limit:
        raise ValueError(content)
    return number


def _bad(message: str) -> IcatError:
    return IcatError(Kind.BAD_PARAMETER, message)
