"""The columns of a query's rows as a table: dotted paths through to-one relations."""

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from datagateway_api.core.entities import Entity, Field, Schema
from datagateway_api.core.errors import BadFilter
from datagateway_api.core.query.model import Include, Query

Column: TypeAlias = tuple[str, ...]
"""The steps from a row to one value."""


def columns(query: Query, schema: Schema) -> tuple[Column, ...]:
    """Return the columns of a list's rows, the row's own first.

    Raises BadFilter where an include leads to lists, which a table has no place for.
    """
    if query.distinct:
        return tuple(path.names for path in query.distinct)
    return tuple(_of_rows(query.entity, query.fields, query.include, schema, ()))


def _of_rows(
    entity: Entity,
    fields: Sequence[Field],
    includes: Sequence[Include],
    schema: Schema,
    prefix: Column,
) -> Iterator[Column]:
    for field in entity.fields.values():
        if not fields or field in fields or field.name == "id":
            yield (*prefix, field.name)
    for include in includes:
        relation = include.relation
        below = (*prefix, relation.name)
        if relation.is_many:
            raise BadFilter(
                f"include: {'.'.join(below)} is a list of objects, which has no place in a table; "
                "ask for JSON or NDJSON (Accept: application/x-ndjson), or leave it out"
            )
        yield from _of_rows(schema.target(relation), (), include.children, schema, below)
