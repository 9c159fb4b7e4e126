"""Conditions on the value of a parameter, whose column and unit its type decides.

The columns exclude each other: a numeric type fills only the numeric one. So an operand is held
against every column that it can be read for; a number never against a text.
"""

from collections.abc import Callable
from dataclasses import dataclass

from datagateway_api.core.entities import FieldType
from datagateway_api.core.query.model import Path
from datagateway_api.search import moments
from datagateway_api.search.comparing import PATTERNS, compare, within
from datagateway_api.search.filters import Raw, Test
from datagateway_api.search.logic import Truth, some
from datagateway_api.search.science.units import SAME, Conversion, number

NUMBERS = (FieldType.DOUBLE, FieldType.LONG, FieldType.INTEGER)


@dataclass(frozen=True, slots=True)
class InUnit:
    """The unit texts of parameters that are looked at, and how an operand gets into them."""

    stored: tuple[str, ...]
    conversion: Conversion = SAME


def compare_value(paths: tuple[Path, ...], test: Test, unit: InUnit | None) -> Truth:
    """Compare a parameter's value with an operand that is not null."""
    conversion = SAME if unit is None else unit.conversion
    return some(_column(path, test, conversion) for path in paths)


def _column(path: Path, test: Test, conversion: Conversion) -> Truth:
    if path.field.type in NUMBERS:
        return False if test.operator in PATTERNS else _numbers(path, test, conversion)
    if path.field.type is FieldType.DATE:
        return False if test.operator in PATTERNS else _typed(path, test, _is_date)
    return _typed(path, test, _is_text)


def _typed(path: Path, test: Test, fits: Callable[[Raw], bool]) -> Truth:
    """Compare with those operands that fit a column."""
    if not isinstance(test.operand, tuple):
        return compare(path, test) if fits(test.operand) else False
    kept = tuple(item for item in test.operand if fits(item))
    if test.operator == "between" and len(kept) < 2:
        return False
    return compare(path, Test(test.operator, kept, test.place))


def _is_text(raw: Raw) -> bool:
    return isinstance(raw, str)


def _is_date(raw: Raw) -> bool:
    if not isinstance(raw, str):
        return False
    try:
        moments.parse(raw)
    except ValueError:
        return False
    return True


def _numbers(path: Path, test: Test, conversion: Conversion) -> Truth:
    if isinstance(test.operand, tuple):
        ranges = [_range(item, conversion) for item in test.operand]
        known = [each for each in ranges if each is not None]
        if test.operator == "between":
            if len(known) < 2:
                return False
            return within(path, "between", (known[0][0], known[1][1]))
        return some(_equal(path, each) for each in known)
    found = _range(test.operand, conversion)
    if found is None:
        return False
    low, high = found
    if test.operator == "eq":
        return _equal(path, found)
    # What counts as equal is in for gte and lte, and out for gt and lt.
    return within(path, test.operator, high if test.operator in ("gt", "lte") else low)


def _equal(path: Path, found: tuple[float, float]) -> Truth:
    low, high = found
    return within(path, "eq", low) if low == high else within(path, "between", (low, high))


def _range(raw: Raw, conversion: Conversion) -> tuple[float, float] | None:
    value = number(raw) if isinstance(raw, str) else raw
    if value is None or isinstance(value, bool):
        return None
    return conversion.around(float(value))
