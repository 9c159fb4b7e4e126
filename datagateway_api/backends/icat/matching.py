"""Patterns on dates and on numbers with fractions: matched here, then asked for by id.

What ``like`` and ``regexp`` see of such a value is the text that it is answered as, and no JPQL
makes that text. So the values are read, with the user's own session, before the query itself.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from datagateway_api.backends.icat.jpql.comparisons import needs_values
from datagateway_api.backends.icat.values import wire_date
from datagateway_api.core.entities import Entity, Field, FieldType, Schema
from datagateway_api.core.errors import BadFilter
from datagateway_api.core.query.matching import meets
from datagateway_api.core.query.model import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Not,
    Path,
    Query,
    Related,
)
from datagateway_api.core.query.operators import IN

MOST_VALUES = 100_000
"""Rows whose values are read for one pattern."""

Values: TypeAlias = Callable[[Entity, Field], list[tuple[int, str]]]
"""Returns the ids of at most MOST_VALUES + 1 of an entity's rows, with ICAT's texts of a field."""


def matched(schema: Schema, query: Query, values: Values) -> Query:
    """Return a query in which each pattern that JPQL cannot say is a comparison of ids."""
    if query.where is None:
        return query
    where = _Matching(schema, values).condition(query.entity, query.where)
    return query if where is query.where else replace(query, where=where)


class _Matching:
    """The rewriting of one query's conditions."""

    def __init__(self, schema: Schema, values: Values) -> None:
        self._schema = schema
        self._values = values

    def condition(self, entity: Entity, condition: Condition) -> Condition:
        match condition:
            case Comparison():
                return self._ids(entity, condition) if needs_values(condition) else condition
            case AllOf(parts) | AnyOf(parts):
                found = tuple(self.condition(entity, part) for part in parts)
                changed = any(new is not old for new, old in zip(found, parts, strict=True))
                return replace(condition, parts=found) if changed else condition
            case Not(part):
                return Not(self.condition(entity, part))
            case Related(relations, where):
                if where is None:
                    return condition
                target = self._schema.target(relations[-1])
                return Related(relations, self.condition(target, where))

    def _ids(self, entity: Entity, comparison: Comparison) -> Comparison:
        path = comparison.path
        owner = self._schema.target(path.relations[-1]) if path.relations else entity
        rows = self._values(owner, path.field)
        if len(rows) > MOST_VALUES:
            raise BadFilter(
                f"{comparison.operator.name} on {path}: there are more than {MOST_VALUES} rows, "
                "too many to match as texts; use lt, gt or between"
            )
        ids = tuple(id_ for id_, text in rows if meets(comparison, _answered(path.field, text)))
        return Comparison(Path(path.relations, owner.fields["id"]), IN, ids)


def _answered(field: Field, text: str) -> str:
    """Return the text that a value is answered as."""
    return wire_date(text) if field.type is FieldType.DATE else repr(float(text))
