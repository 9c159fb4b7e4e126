"""From one checked comparison to JPQL."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import tzinfo

from datagateway_api.backends.icat.jpql.literals import literal, quoted
from datagateway_api.core.entities import Field, FieldType
from datagateway_api.core.query.matching import meets
from datagateway_api.core.query.model import Comparison
from datagateway_api.core.values import Scalar

ESCAPE = "|"
LONGEST_IN = 1000
"""Values in one list: Oracle takes no more."""

_FINITE = (FieldType.ENUM, FieldType.FLAG)
_WHOLE = (FieldType.LONG, FieldType.INTEGER)
_SIGNS: Mapping[str, str] = {
    "eq": "=",
    "ne": "<>",
    "lt": "<",
    "lte": "<=",
    "gt": ">",
    "gte": ">=",
}


def is_pattern(comparison: Comparison) -> bool:
    """Say whether an operator matches texts."""
    return "like" in comparison.operator.name or comparison.operator.name == "regexp"


def needs_values(comparison: Comparison) -> bool:
    """Say whether JPQL cannot say it: a pattern on a date or on a number with fractions.

    Their texts as they are answered are not those that a database makes of them.
    """
    return is_pattern(comparison) and comparison.path.field.type in (
        FieldType.DATE,
        FieldType.DOUBLE,
    )


def compare(comparison: Comparison, column: str, zone: tzinfo) -> str | None:
    """Return any comparison but ``isnull`` as JPQL, or None for one that never holds."""
    field, name, operand = comparison.path.field, comparison.operator.name, comparison.operand
    assert not needs_values(comparison), "such a comparison was to be replaced by one of ids"
    if field.type in _FINITE:
        choices = [choice for choice in _choices(field) if meets(comparison, choice)]
        return _one_of(column, [literal(field, choice, zone) for choice in choices])
    if is_pattern(comparison):
        return _pattern(comparison, column)
    if isinstance(operand, tuple):
        values = [literal(field, value, zone) for value in operand]
        return _LISTS[name](column, values)
    return f"{column} {_SIGNS[name]} {literal(field, operand, zone)}"


def _choices(field: Field) -> Sequence[Scalar]:
    return field.choices or (False, True)


def _one_of(column: str, values: Sequence[str]) -> str | None:
    if not values:
        return None
    return _bracketed(" OR ", [f"{column} IN ({part})" for part in _parts(values)])


def _none_of(column: str, values: Sequence[str]) -> str | None:
    return _bracketed(" AND ", [f"{column} NOT IN ({part})" for part in _parts(values)])


def _between(column: str, values: Sequence[str]) -> str | None:
    return f"{column} BETWEEN {values[0]} AND {values[1]}"


_LISTS: Mapping[str, Callable[[str, Sequence[str]], str | None]] = {
    "in": _one_of,
    "nin": _none_of,
    "between": _between,
}


def _parts(values: Sequence[str]) -> Iterator[str]:
    unique = list(dict.fromkeys(values))
    for start in range(0, len(unique), LONGEST_IN):
        yield ", ".join(unique[start : start + LONGEST_IN])


def _bracketed(word: str, parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"({word.join(parts)})"


def _pattern(comparison: Comparison, column: str) -> str:
    """Match a text, or a whole number as text; CONCAT makes it one on every database."""
    name, operand = comparison.operator.name, comparison.operand
    assert isinstance(operand, str)
    text = f"CONCAT({column}, '')" if comparison.path.field.type in _WHOLE else column
    if name == "regexp":
        return f"{text} REGEXP {quoted(operand)}"
    pattern, escape = _wild(operand, is_whole=comparison.is_whole)
    if "ilike" in name:
        # Not UPPER, which on some databases makes two letters of one: SS of ß.
        text, pattern = f"LOWER({text})", f"LOWER({pattern})"
    return f"{text} {'NOT LIKE' if name.startswith('n') else 'LIKE'} {pattern}{escape}"


def _wild(operand: str, *, is_whole: bool) -> tuple[str, str]:
    """Return a pattern and its ESCAPE, wanted where a backslash would escape on MariaDB."""
    end = "" if is_whole else "%"
    if "\\" not in operand:
        return quoted(f"{end}{operand}{end}"), ""
    return quoted(f"{end}{operand.replace(ESCAPE, ESCAPE * 2)}{end}"), f" ESCAPE '{ESCAPE}'"
