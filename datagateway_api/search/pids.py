"""Persistent identifiers, and what stands in for one: ``pid:`` and the row's id in ICAT."""

from typing import Final

from datagateway_api.core.entities import FieldType
from datagateway_api.core.query.model import Path
from datagateway_api.search.comparing import PATTERNS, among, compare
from datagateway_api.search.filters import Raw, Test
from datagateway_api.search.logic import Truth

PREFIX: Final = "pid:"
_LARGEST: Final = 2**63 - 1


def pid_of(value: object) -> str:
    """Return what is answered for a value: an id of ICAT with the prefix."""
    return f"{PREFIX}{value}" if isinstance(value, int) else str(value)


def compare_pid(path: Path, test: Test) -> Truth:
    """Compare one of the fields that a pid is taken from with an operand that is not null."""
    if path.field.type is not FieldType.LONG:
        return compare(path, test)
    if test.operator in ("eq", "inq"):
        operands = test.operand if isinstance(test.operand, tuple) else (test.operand,)
        ids = [_id(operand) for operand in operands]
        return among(path, tuple(id_ for id_ in ids if id_ is not None))
    if test.operator in PATTERNS and test.operator != "regexp":
        text = str(test.operand)
        if text.lower().startswith(PREFIX):
            return compare(path, Test(test.operator, text[len(PREFIX) :], test.place))
    return False


def _id(operand: Raw) -> int | None:
    text = str(operand)
    digits = text.removeprefix(PREFIX)
    if digits == text or not digits.isascii() or not digits.isdecimal():
        return None
    return int(digits) if len(digits) < 20 and int(digits) <= _LARGEST else None
