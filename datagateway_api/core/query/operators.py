"""The operators of ``where``, one row each."""

from dataclasses import dataclass
from enum import Enum


class OperandKind(Enum):
    """What an operator wants on its right side."""

    VALUE = "one value of the field's type"
    PATTERN = "a text"
    LIST = "a list of values of the field's type"
    PAIR = "a list of two values of the field's type"
    FLAG = "true or false"


@dataclass(frozen=True, slots=True, eq=False)
class Operator:
    """One operator: its name, other names, operand, a working example and its help."""

    name: str
    aliases: tuple[str, ...]
    operand: OperandKind
    example: str
    help: str


_VALUE, _PATTERN = OperandKind.VALUE, OperandKind.PATTERN

OPERATORS = (
    Operator("eq", (), _VALUE, '{"name":{"eq":"INVESTIGATION 1"}}', "equals; null: is null"),
    Operator(
        "ne",
        ("neq",),
        _VALUE,
        '{"name":{"ne":"INVESTIGATION 1"}}',
        "differs, and is not null; ne null: is not null",
    ),
    Operator(
        "isnull", (), OperandKind.FLAG, '{"endDate":{"isnull":true}}', "is null (false: is not)"
    ),
    Operator(
        "like",
        (),
        _PATTERN,
        '{"name":{"like":"INVESTIGATION 1%"}}',
        "contains; % stands for any text, _ for any character",
    ),
    Operator(
        "ilike", (), _PATTERN, '{"title":{"ilike":"analysis"}}', "like, upper and lower case alike"
    ),
    Operator("nlike", (), _PATTERN, '{"name":{"nlike":"2"}}', "does not contain, and is not null"),
    Operator(
        "nilike",
        (),
        _PATTERN,
        '{"title":{"nilike":"analysis"}}',
        "nlike, upper and lower case alike",
    ),
    Operator("lt", (), _VALUE, '{"fileSize":{"lt":1000000}}', "is less than, or earlier than"),
    Operator("lte", (), _VALUE, '{"startDate":{"lte":"2003-12-31 23:59:59"}}', "lt or eq"),
    Operator("gt", (), _VALUE, '{"id":{"gt":10}}', "is greater than, or later than"),
    Operator("gte", (), _VALUE, '{"startDate":{"gte":"2002-01-01"}}', "gt or eq"),
    Operator(
        "in",
        ("inq",),
        OperandKind.LIST,
        '{"type.id":{"in":[1,3]}}',
        "equals one of the list; an empty list matches nothing",
    ),
    Operator(
        "nin",
        (),
        OperandKind.LIST,
        '{"type.id":{"nin":[1,3]}}',
        "equals none of the list, and is not null; an empty list matches everything",
    ),
    Operator(
        "between",
        (),
        OperandKind.PAIR,
        '{"startDate":{"between":["2000-01-01","2000-12-31"]}}',
        "lies between the two, both included",
    ),
    Operator(
        "regexp",
        (),
        _PATTERN,
        '{"name":{"regexp":"^INV.*9$"}}',
        "some part of the text matches the regular expression (RE2 syntax)",
    ),
)
"""Those for fields of one value."""

LIST_OPERATORS = (
    Operator(
        "contains",
        (),
        _VALUE,
        '{"keywords":{"contains":"top"}}',
        "the list has exactly this text among its items",
    ),
)
"""Those for fields that are lists; ICAT has none."""

OPERATOR_NAMES = tuple(name for op in OPERATORS for name in (op.name, *op.aliases))
BY_NAME = {name: op for op in (*OPERATORS, *LIST_OPERATORS) for name in (op.name, *op.aliases)}
EQ, NE, ISNULL, IN = BY_NAME["eq"], BY_NAME["ne"], BY_NAME["isnull"], BY_NAME["in"]
