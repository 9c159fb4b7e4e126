"""From what a search returned, XML or JSON, to rows in the order and with the nulls promised.

A shape is made once for a query and knows the type of all it reads; ICAT leaves out what is null.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from datagateway_api.backends.icat.soap import NIL, Element
from datagateway_api.backends.icat.values import JSON, XML, Reader
from datagateway_api.core.entities import Entity, Field, Schema
from datagateway_api.core.query.model import Include, Path

Row: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shape:
    """What to read of an entity's objects: ``blank`` is a row of nulls, in order."""

    blank: Mapping[str, None]
    fields: Mapping[str, Reader]
    json_fields: Mapping[str, Reader]
    one: Mapping[str, "Shape"]
    many: Mapping[str, "Shape"]

    def of_element(self, element: Element) -> Row:
        """Return the row of an XML element."""
        row: Row = self._new()
        for child in element:
            name = child.tag
            read = self.fields.get(name)
            if read is not None:
                row[name] = read(child.text or "")
            elif name in self.one:
                row[name] = self.one[name].of_element(child)
            elif name in self.many:
                row[name].append(self.many[name].of_element(child))
        return self._sorted(row)

    def of_object(self, found: Mapping[str, Any]) -> Row:
        """Return the row of a JSON object."""
        row: Row = self._new()
        for name, value in found.items():
            read = self.json_fields.get(name)
            if read is not None:
                row[name] = read(value)
            elif name in self.one:
                row[name] = self.one[name].of_object(value)
            elif name in self.many:
                row[name] = [self.many[name].of_object(item) for item in value]
        return self._sorted(row)

    def _new(self) -> Row:
        row: Row = dict(self.blank)
        for name in self.many:
            row[name] = []
        return row

    def _sorted(self, row: Row) -> Row:
        for name in self.many:
            row[name].sort(key=_id)
        return row


def shape_of(
    schema: Schema, entity: Entity, fields: Sequence[Field], includes: Sequence[Include]
) -> Shape:
    """Return how to read an entity's objects, of which ``fields`` are wanted, or all."""
    chosen = [f for f in entity.fields.values() if not fields or f in fields or f.name == "id"]
    below = {
        include.relation.name: shape_of(
            schema, schema.target(include.relation), (), include.children
        )
        for include in includes
    }
    many = {i.relation.name for i in includes if i.relation.is_many}
    return Shape(
        blank=dict.fromkeys([*(field.name for field in chosen), *below]),
        fields={field.name: XML[field.type] for field in chosen},
        json_fields={field.name: JSON[field.type] for field in chosen},
        one={name: shape for name, shape in below.items() if name not in many},
        many={name: shape for name, shape in below.items() if name in many},
    )


def tuple_of_element(readers: Sequence[Reader], item: Element) -> list[object]:
    """Return the values of a row of several, which are null where they say so."""
    return [
        None if value.get(NIL) == "true" else read(value.text or "")
        for read, value in zip(readers, item, strict=False)
    ]


def nested(paths: Iterable[Path], values: Iterable[object]) -> Row:
    """Return an object that nests the values of dotted paths."""
    row: Row = {}
    for path, value in zip(paths, values, strict=False):
        level = row
        for name in path.names[:-1]:
            level = level.setdefault(name, {})
        level[path.names[-1]] = value
    return row


def _id(row: Row) -> int:
    found: int = row["id"]
    return found
