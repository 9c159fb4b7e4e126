"""Every operator with operands that it cannot have, on every type of field."""

from collections.abc import Iterator

from datagateway_api.core.query.operators import OPERATORS, OperandKind
from test.support.malformed import Malformed, where

TYPES: tuple[tuple[str, str, str, tuple[object, ...]], ...] = (
    ("investigations", "name", "name must be a text", ([], {}, True, ["a"])),
    (
        "datafiles",
        "fileSize",
        "fileSize must be a whole number",
        (
            "x",
            1.5,
            True,
            [],
            {},
            "1.5",
            "",
            "0x1",
            "1 2",
            "1e3",
            "9" * 40,
            2**63,
            -(2**64),
            1e300,
        ),
    ),
    (
        "facilities",
        "daysUntilRelease",
        "daysUntilRelease must be a whole number",
        ("x", 0.5, False, [1], {"a": 1}, "٣ ", 2**31, -(2**31) - 1, 10**40),
    ),
    (
        "datasetparameters",
        "numericValue",
        "numericValue must be a number",
        ("x", True, [], {}, "nan", "inf", "-Infinity", "1e999", "", "0x1p3", "1_000"),
    ),
    (
        "datasets",
        "complete",
        "complete must be true or false",
        ("x", 2, -1, 1.0, [], {}, "yes", "", "ttrue"),
    ),
    (
        "investigations",
        "startDate",
        "startDate must be a date such as 2003-12-31",
        (
            "x",
            1,
            True,
            [],
            {},
            "",
            "2020",
            "20200101",
            "2020-13-01",
            "2020-02-30",
            "2020-01-01X",
            "2020-01-01T25:00:00",
            "2020-01-01T10:00:00+99:00",
            "99999-01-01",
            "0001-01-01T00:00:00+10:00",
            "2020-W01-1",
            "01/02/2020",
        ),
    ),
    (
        "studies",
        "status",
        "status must be one of",
        ("x", 1, True, [], {}, "", "NEW ", "IN PROGRESS"),
    ),
)
"""An endpoint, a field, how its message opens and values that it cannot have."""

_NOT_LISTS: tuple[object, ...] = ("x", 1, {}, True, None)
_NOT_FLAGS: tuple[object, ...] = ("x", None, 2, [])
_NOT_PATTERNS: tuple[object, ...] = ([], {}, None, ["a"])


def rows() -> Iterator[Malformed]:
    """Yield a request for each type, operator and wrong operand."""
    for endpoint, name, opening, wrong in TYPES:
        for value in wrong:
            condition = {name: {"eq": value}} if isinstance(value, dict) else {name: value}
            yield _row(endpoint, "eq", name, value, condition, opening)
        for operator in OPERATORS:
            for alias in (operator.name, *operator.aliases):
                yield from _wrong(endpoint, name, alias, operator.operand, opening, wrong[0])


def _wrong(
    endpoint: str, name: str, operator: str, kind: OperandKind, opening: str, value: object
) -> Iterator[Malformed]:
    cases: list[tuple[object, str]]
    if kind is OperandKind.VALUE:
        cases = [(value, opening)] if operator != "eq" else []
        cases += [(None, opening)] if operator not in ("eq", "ne", "neq") else []
    elif kind is OperandKind.PATTERN:
        cases = [(bad, f"on {name} must be given a text") for bad in _NOT_PATTERNS]
    elif kind is OperandKind.FLAG:
        cases = [(bad, f"on {name} must be given true or false") for bad in _NOT_FLAGS]
    else:
        cases = [(bad, f"on {name} must be given a list") for bad in _NOT_LISTS]
        cases += [([value, value], opening), ([None, None], opening), ([[1], [1]], opening)]
        if kind is OperandKind.PAIR:
            few = f"on {name} must be given exactly two values"
            cases += [([], few), ([1], few), ([1, 2, 3], few)]
    for operand, fragment in cases:
        yield _row(endpoint, operator, name, operand, {name: {operator: operand}}, fragment)


def _row(
    endpoint: str, operator: str, name: str, value: object, condition: object, fragment: str
) -> Malformed:
    id_ = f"{name} {operator} {str(value)[:30]!a} of {type(value).__name__}"
    return where(id_, condition, fragment, f"/{endpoint}")
