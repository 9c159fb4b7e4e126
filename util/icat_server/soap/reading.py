"""Beans out of XML, with JAXB's leniency: what it does not understand is null."""

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, tzinfo
from typing import TypeAlias

from lxml import etree

from datagateway_api.core.entities import Entity, Field, FieldType, Schema
from util.icat_server.beans import Bean, Value
from util.icat_server.contract import NAMESPACE, type_name
from util.icat_server.soap.answers import XSI

_TYPE = f"{{{XSI}}}type"
_NIL = f"{{{XSI}}}nil"
_LONGEST = 2**63
_LARGEST = 2**31
_Read: TypeAlias = Callable[[str], Value | None]


class UnreadableBean(Exception):
    """An argument that is no bean; the message goes to the client."""


class BeanReader:
    """Reads the beans of requests; moments without a zone are taken to be in the server's."""

    def __init__(self, schema: Schema, zone: tzinfo) -> None:
        """Take the entities, and the server's time zone."""
        self._schema = schema
        self._by_type = {type_name(entity): entity for entity in schema.entities.values()}
        self._zone = zone

    def bean(self, element: etree._Element) -> Bean:
        """Read a bean, whose type it names. Raises UnreadableBean where it does not."""
        prefix, _, name = (element.get(_TYPE) or "").rpartition(":")
        entity = self._by_type.get(name)
        if entity is None or element.nsmap.get(prefix or None) != NAMESPACE:
            raise UnreadableBean("Unable to create an instance of entityBaseBean")
        return self._read(element, entity)

    def _read(self, element: etree._Element, entity: Entity) -> Bean:
        bean = Bean(entity, {})
        for child in element:
            name = str(child.tag)
            if child.get(_NIL) in ("true", "1"):
                continue
            field = entity.fields.get(name)
            if field is not None:
                bean.values[name] = self._value(field, child.text or "")
                continue
            relation = entity.relations.get(name)
            if relation is not None:
                related = self._read(child, self._schema.target(relation))
                if relation.is_many:
                    bean.manys.setdefault(name, []).append(related)
                else:
                    bean.ones[name] = related
        return bean

    def _value(self, field: Field, text: str) -> Value | None:
        if field.type is FieldType.TEXT:
            return text
        if field.type is FieldType.ENUM:
            return text if text in field.choices else None
        try:
            if field.type is FieldType.DATE:
                return read_moment(text.strip(), self._zone)
            return _READERS[field.type](text.strip())
        except (ValueError, OverflowError):
            return None


def read_moment(text: str, zone: tzinfo) -> datetime:
    """Read a date, with or without a time and a zone, as naive UTC. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return moment.astimezone(UTC).replace(tzinfo=None)


def _whole(limit: int) -> _Read:
    def read(text: str) -> int | None:
        number = int(text)
        return number if -limit <= number < limit else None

    return read


def _double(text: str) -> float | None:
    number = float(text)
    return number if math.isfinite(number) else None


_READERS: Mapping[FieldType, _Read] = {
    FieldType.LONG: _whole(_LONGEST),
    FieldType.INTEGER: _whole(_LARGEST),
    FieldType.DOUBLE: _double,
    FieldType.FLAG: lambda text: text in ("true", "1"),
}
