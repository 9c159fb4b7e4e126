"""Whether a value meets a comparison, for backends that cannot leave it to their server."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import re2

from datagateway_api.core import dates
from datagateway_api.core.entities import Field
from datagateway_api.core.query.model import Comparison
from datagateway_api.core.query.operands import expression
from datagateway_api.core.values import Scalar

_ONE: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": lambda value, operand: value == operand,
    "ne": lambda value, operand: value != operand,
    "lt": lambda value, operand: value < operand,
    "lte": lambda value, operand: value <= operand,
    "gt": lambda value, operand: value > operand,
    "gte": lambda value, operand: value >= operand,
}
_SEVERAL: Mapping[str, Callable[[Any, Sequence[Any]], bool]] = {
    "in": lambda value, operand: value in operand,
    "nin": lambda value, operand: value not in operand,
    "between": lambda value, operand: operand[0] <= value <= operand[1],
}


def meets(comparison: Comparison, value: Scalar) -> bool:
    """Say whether a value, which is not null, meets any comparison but ``isnull``.

    Enums are compared by their order, patterns match the text that the value is answered as.
    """
    field, name, operand = comparison.path.field, comparison.operator.name, comparison.operand
    if name == "regexp":
        return bool(expression(str(operand)).search(text_of(value)))
    if "like" in name:
        return _is_like(comparison, text_of(value)) is not name.startswith("n")
    rank = _ranking(field)
    if isinstance(operand, tuple):
        return _SEVERAL[name](rank(value), [rank(each) for each in operand])
    return _ONE[name](rank(value), rank(operand))


def text_of(value: Scalar) -> str:
    """Return a value as the text that it is answered as."""
    if isinstance(value, datetime):
        return dates.wire(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _ranking(field: Field) -> Callable[[Any], Any]:
    return field.choices.index if field.choices else lambda value: value


def _is_like(comparison: Comparison, text: str) -> bool:
    operand = str(comparison.operand)
    if "ilike" in comparison.operator.name:
        operand, text = operand.lower(), text.lower()
    wild = {"%": ".*", "_": "."}
    parts = (wild.get(char, re2.escape(char)) for char in operand)
    pattern = expression("(?s)" + "".join(parts))
    return bool((pattern.fullmatch if comparison.is_whole else pattern.search)(text))
