"""From one test of a filter to a comparison with one of ICAT's fields."""

import math
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from datagateway_api.core.entities import Field, FieldType
from datagateway_api.core.errors import BadFilter
from datagateway_api.core.query import operators as core
from datagateway_api.core.query.model import Comparison, Operand, Path
from datagateway_api.core.query.operands import expression
from datagateway_api.core.query.parse import shown
from datagateway_api.core.values import Scalar, convert
from datagateway_api.search import moments
from datagateway_api.search.filters import Raw, Test
from datagateway_api.search.logic import Truth, every
from datagateway_api.search.operators import BY_NAME
from datagateway_api.search.science.units import number

PATTERNS: Final = ("like", "ilike", "regexp")
NO_PATTERNS: Final = (FieldType.DATE, FieldType.FLAG)
WHOLE: Final = (FieldType.LONG, FieldType.INTEGER)
_BOUNDS: Final[Mapping[str, Callable[[float], int]]] = {
    "gt": math.floor,
    "gte": math.ceil,
    "lt": math.ceil,
    "lte": math.floor,
}
_WILD: Final = re.compile("[%_]")
_SIGN: Final = re.compile(r"[.^$*+?()\[\]{}|\\]")
_LITERAL: Final = re.compile(r"/(.*)/([a-z]*)\Z", re.DOTALL)
_FLAGS: Final[Mapping[str, str]] = {"i": "i", "s": "s", "m": "m", "g": "", "u": "", "y": ""}


def compare(path: Path, test: Test) -> Truth:
    """Compare a field with an operand that is not null. Raises BadFilter naming the place."""
    operator = core.BY_NAME[BY_NAME[test.operator].core]
    if test.operator in PATTERNS:
        return _pattern(path, operator, test)
    if not isinstance(test.operand, tuple):
        value = _value(path.field, _bound(path.field, test.operator, test.operand), test.place)
        return False if value is None else Comparison(path, operator, value)
    meant = ("gte", "lte") if test.operator == "between" else ("eq",) * len(test.operand)
    bounds = zip(meant, test.operand, strict=True)
    values = [_value(path.field, _bound(path.field, *each), test.place) for each in bounds]
    known = tuple(value for value in values if value is not None)
    if test.operator == "between" and len(known) < 2:
        return False
    return Comparison(path, operator, known) if known else False


def contains(path: Path, words: str) -> Truth:
    """Hold where a text contains words, upper and lower case alike; % and _ are themselves."""
    found = Comparison(path, core.BY_NAME["ilike"], words)
    if path.field.type is not FieldType.TEXT or not _WILD.search(words):
        return found
    return every((found, Comparison(path, core.BY_NAME["regexp"], "(?i)" + _plain(words))))


def _plain(words: str) -> str:
    """Write words as a regular expression."""
    return _SIGN.sub(lambda found: "\\" + found[0], words)


def is_missing(path: Path) -> Comparison:
    """Hold where a field of the row itself is null."""
    return Comparison(path, core.ISNULL, True)


def is_there(path: Path) -> Comparison:
    """Hold where a field has a value."""
    return Comparison(path, core.ISNULL, False)


def among(path: Path, values: tuple[Scalar, ...]) -> Truth:
    """Hold where a field is one of some values."""
    return Comparison(path, core.IN, values) if values else False


def within(path: Path, operator: str, operand: Operand) -> Comparison:
    """Compare a field with an operand that has its type already."""
    return Comparison(path, core.BY_NAME[operator], operand)


def _pattern(path: Path, operator: core.Operator, test: Test) -> Truth:
    if path.field.type in NO_PATTERNS:
        raise BadFilter(f"{test.place}: {test.operator} is for texts, this attribute is none")
    text = str(test.operand)
    if test.operator != "regexp":
        return Comparison(path, operator, text, is_whole="%" in text)
    return Comparison(path, operator, regular_expression(text, test.place))


def regular_expression(text: str, place: str) -> str:
    """Read ``/pattern/flags`` or a bare pattern. Raises BadFilter for a wrong one."""
    found = _LITERAL.match(text)
    pattern = text
    if found is not None:
        pattern, flags = found.groups()
        unknown = set(flags) - set(_FLAGS)
        if unknown:
            raise BadFilter(f"{place}: unknown flags {shown(''.join(sorted(unknown)))}; i is known")
        inner = "".join(dict.fromkeys(_FLAGS[flag] for flag in flags))
        pattern = f"(?{inner}){pattern}" if inner else pattern
    try:
        expression(pattern)
    except ValueError as error:
        raise BadFilter(
            f"{place}: {shown(text)} is not a regular expression in RE2 syntax: {error}"
        ) from error
    return pattern


def _bound(field: Field, operator: str, raw: Raw) -> Raw:
    """Return the whole number that compares with all whole numbers as a fraction does."""
    value = number(raw) if isinstance(raw, str) else raw
    if field.type not in WHOLE or not isinstance(value, float) or value.is_integer():
        return raw
    return _BOUNDS[operator](value) if operator in _BOUNDS and math.isfinite(value) else value


def _value(field: Field, raw: Raw, place: str) -> Scalar | None:
    """Convert an operand to a field's type; None where no value of the field can equal it."""
    try:
        return _CONVERTERS.get(field.type, convert)(field, raw)
    except ValueError as error:
        if _equals_none(field, raw):
            return None
        raise BadFilter(f"{place} must be {error}, got {shown(raw)}") from error


def _equals_none(field: Field, raw: Raw) -> bool:
    """Say whether an operand is in order, but no value of a field can be it."""
    if isinstance(raw, float):
        return field.type in WHOLE and math.isfinite(raw) and not raw.is_integer()
    return field.type is FieldType.ENUM or (field.name == "id" and isinstance(raw, str))


def _date(field: Field, raw: object) -> datetime:
    try:
        return moments.parse(raw if isinstance(raw, str) else "")
    except ValueError as error:
        raise ValueError("a date such as 2020-05-05 or 2020-05-05T15:01:02.341Z") from error


_CONVERTERS: Final[Mapping[FieldType, Callable[[Field, object], Scalar]]] = {FieldType.DATE: _date}
