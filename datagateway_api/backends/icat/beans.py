"""Objects as ICAT's service takes them: new ones, and stored ones with some of them changed."""

from collections.abc import Mapping
from datetime import datetime

from datagateway_api.backends.icat.soap import Element, element
from datagateway_api.core.entities import Entity, Field, Relation
from datagateway_api.core.values import Scalar
from datagateway_api.core.writing.model import Change, Draft

TYPE = "type"
"""The relation of a parameter whose target ICAT wants whole: it looks at what it was sent."""

Types = Mapping[int, Element]
"""Types of parameters, by id, as ICAT returned them."""


def bean(name: str, entity: Entity, content: str) -> str:
    """Return an object at the top of a call."""
    type_ = entity.name[0].lower() + entity.name[1:]
    return f'<{name} xsi:type="i:{type_}">{content}</{name}>'


def of_draft(draft: Draft, types: Types) -> str:
    """Return the content of a new object with all to be created below it."""
    parts = [_value(field, value) for field, value in draft.values.items()]
    parts += [
        _reference(draft.entity, relation, id_, types) for relation, id_ in draft.keys.items()
    ]
    for relation, children in draft.children.items():
        parts += [
            f"<{relation.name}>{of_draft(child, types)}</{relation.name}>" for child in children
        ]
    return "".join(parts)


def of_stored(stored: Element) -> str:
    """Return the content of an object just as ICAT returned it."""
    return "".join(_stored_parts(stored).values())


def of_change(change: Change, stored: Element, types: Types) -> str:
    """Return the content of a stored object with a change.

    All that is not to change goes back as the text that came, so nothing is lost on the way.
    """
    parts = _stored_parts(stored)
    for field, value in change.values.items():
        parts[field.name] = _value(field, value)
    for relation, id_ in change.keys.items():
        parts[relation.name] = _reference(change.entity, relation, id_, types)
    return "".join(parts.values())


def is_parameter(entity: Entity) -> bool:
    """Say whether an entity is one of those whose values are held against a type."""
    return entity.name.endswith("Parameter")


def _stored_parts(stored: Element) -> dict[str, str]:
    return {
        child.tag: _whole(child) if len(child) else element(child.tag, child.text or "")
        for child in stored
    }


def _whole(related: Element) -> str:
    """Return a related object with its attributes, of which ICAT looks at few but the id."""
    content = "".join(element(part.tag, part.text or "") for part in related if not len(part))
    return f"<{related.tag}>{content}</{related.tag}>"


def _value(field: Field, value: Scalar | None) -> str:
    return "" if value is None else element(field.name, _text(value))


def _text(value: Scalar) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value.isoformat()}Z" if isinstance(value, datetime) else str(value)


def _reference(entity: Entity, relation: Relation, id_: int | None, types: Types) -> str:
    if id_ is None:
        return ""
    name = relation.name
    found = types.get(id_) if name == TYPE and is_parameter(entity) else None
    if found is None:
        return f"<{name}>{element('id', str(id_))}</{name}>"
    content = "".join(element(part.tag, part.text or "") for part in found if not len(part))
    return f"<{name}>{content}</{name}>"
