"""Beans as XML: what each attribute looks like is settled once for each entity."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

from datagateway_api.core.entities import Entity, Field, FieldType, Relation, Schema
from util.icat_server.beans import Bean, Row, Scalar
from util.icat_server.contract import (
    PARAMETER_FIELDS,
    SYSTEM_FIELDS,
    is_parameter,
    type_name,
)
from util.icat_server.soap import text

_Write: TypeAlias = Callable[[Any], str]
_Attribute: TypeAlias = tuple[str, _Write, str, str, str | None]
_WRITERS: Mapping[FieldType, _Write] = {
    FieldType.TEXT: text.escape,
    FieldType.LONG: str,
    FieldType.INTEGER: str,
    FieldType.DOUBLE: text.double,
    FieldType.FLAG: text.flag,
    FieldType.DATE: text.moment,
    FieldType.ENUM: str,
}
_SCALARS: Mapping[str, _Write] = {
    "long": str,
    "int": str,
    "double": text.double,
    "string": text.escape,
    "boolean": text.flag,
    "dateTime": text.moment,
}


class _Form:
    """How beans of one entity are written."""

    def __init__(self, entity: Entity) -> None:
        """Put the members into the order of the schema, inherited ones first."""
        self.type = f"ns2:{type_name(entity)}"
        inherited = [*SYSTEM_FIELDS]
        if is_parameter(entity):
            inherited += [*PARAMETER_FIELDS, "type"]
        own = sorted(set(entity.names) - set(inherited))
        self.fields: list[_Attribute] = []
        self.members: list[_Attribute | Relation] = []
        for name in (*inherited, *own):
            if name in entity.fields:
                self.fields.append(_field(entity.fields[name]))
                self.members.append(self.fields[-1])
            else:
                self.members.append(entity.relations[name])


def _field(field: Field) -> _Attribute:
    """Return name, writer, tags, and the text for null, which some attributes never are in Java."""
    empty = None
    if field.type is FieldType.FLAG:
        empty = "false"
    elif field.default is not None:
        empty = str(field.default)
    return field.name, _WRITERS[field.type], f"<{field.name}>", f"</{field.name}>", empty


class BeanWriter:
    """Writes what a search or a get returns."""

    def __init__(self, schema: Schema) -> None:
        """Settle the forms of all entities."""
        self._forms = {name: _Form(entity) for name, entity in schema.entities.items()}

    def rows(self, rows: Iterable[Row]) -> str:
        """Return rows as ``return`` elements. A null that is a row of its own is left out."""
        pieces: list[str] = []
        for row in rows:
            if isinstance(row, tuple):
                pieces.append('<return xsi:type="ns2:fieldSet">')
                for item in row:
                    self._item(item, "fields", pieces)
                pieces.append("</return>")
            elif row is not None:
                self._item(row, "return", pieces)
        return "".join(pieces)

    def bean(self, bean: Bean) -> str:
        """Return a bean as a ``return`` element."""
        return self.rows([bean])

    def _item(self, item: Bean | Scalar | None, tag: str, pieces: list[str]) -> None:
        if isinstance(item, Bean):
            form = self._forms[item.entity.name]
            pieces.append(f'<{tag} xsi:type="{form.type}">')
            self._content(item, form, pieces)
            pieces.append(f"</{tag}>")
        elif item is None:
            pieces.append(f'<{tag} xsi:nil="true"/>')
        else:
            write = _SCALARS.get(item.xsd)
            type_ = f"xs:{item.xsd}" if write is not None else f"ns2:{item.xsd}"
            value = (write or str)(item.value)
            pieces.append(f'<{tag} xsi:type="{type_}">{value}</{tag}>')

    def _content(self, bean: Bean, form: _Form, pieces: list[str]) -> None:
        if not (bean.ones or bean.manys):
            values = bean.values
            for name, write, start, end, empty in form.fields:
                value = values.get(name)
                if value is not None:
                    pieces.append(start + write(value) + end)
                elif empty is not None:
                    pieces.append(start + empty + end)
            return
        for member in form.members:
            if isinstance(member, Relation):
                self._related(bean, member, pieces)
            else:
                self._attribute(bean, member, pieces)

    def _attribute(self, bean: Bean, attribute: _Attribute, pieces: list[str]) -> None:
        name, write, start, end, empty = attribute
        value = bean.values.get(name)
        if value is not None:
            pieces.append(start + write(value) + end)
        elif empty is not None:
            pieces.append(start + empty + end)

    def _related(self, bean: Bean, relation: Relation, pieces: list[str]) -> None:
        name = relation.name
        if relation.is_many:
            found = bean.manys.get(name, [])
        else:
            one = bean.ones.get(name)
            found = [one] if one is not None else []
        for each in found:
            pieces.append(f"<{name}>")
            self._content(each, self._forms[each.entity.name], pieces)
            pieces.append(f"</{name}>")
