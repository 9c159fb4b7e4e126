"""The table of operators."""

import json

import pytest

from datagateway_api.core.query.operators import (
    BY_NAME,
    LIST_OPERATORS,
    OPERATOR_NAMES,
    OPERATORS,
    OperandKind,
)

SPECIFIED = "eq ne neq isnull like ilike nlike nilike lt lte gt gte in inq nin between regexp"


def test_the_operators_are_those_of_the_specification():
    assert set(OPERATOR_NAMES) == set(SPECIFIED.split())
    assert set(BY_NAME) == {*OPERATOR_NAMES, "contains"}


def test_no_name_is_used_twice():
    names = [name for row in (*OPERATORS, *LIST_OPERATORS) for name in (row.name, *row.aliases)]
    assert len(names) == len(set(names)) == len(BY_NAME)


def test_aliases_are_the_same_operator():
    assert BY_NAME["neq"] is BY_NAME["ne"]
    assert BY_NAME["inq"] is BY_NAME["in"]


@pytest.mark.parametrize("row", [*OPERATORS, *LIST_OPERATORS], ids=lambda row: row.name)
def test_the_example_uses_its_operator(row):
    (condition,) = json.loads(row.example).values()
    assert list(condition) == [row.name]


@pytest.mark.parametrize("row", [*OPERATORS, *LIST_OPERATORS], ids=lambda row: row.name)
def test_every_operator_explains_itself(row):
    assert row.help
    assert not row.help.endswith(".")


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (OperandKind.VALUE, {"eq", "ne", "lt", "lte", "gt", "gte"}),
        (OperandKind.PATTERN, {"like", "ilike", "nlike", "nilike", "regexp"}),
        (OperandKind.LIST, {"in", "nin"}),
        (OperandKind.PAIR, {"between"}),
        (OperandKind.FLAG, {"isnull"}),
    ],
)
def test_the_kinds_of_operands(kind, names):
    assert {row.name for row in OPERATORS if row.operand is kind} == names
