"""The operators of ``where``, one row each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator: its name, other names, the core operator it stands on and its help.

    ``opposite`` is the operator of which this one is the negation.
    """

    name: str
    core: str
    example: str
    help: str
    aliases: tuple[str, ...] = ()
    opposite: str | None = None
    takes_list: bool = False


OPERATORS: Final = (
    Operator("eq", "eq", '{"title":{"eq":"Run 1"}}', "equals; null: there is none"),
    Operator("neq", "ne", '{"type":{"neq":"proposal"}}', "is not equal", ("ne",), "eq"),
    Operator("gt", "gt", '{"size":{"gt":1000}}', "is greater than, or later than"),
    Operator("gte", "gte", '{"creationDate":{"gte":"2020-01-01"}}', "gt or eq"),
    Operator("lt", "lt", '{"size":{"lt":1000}}', "is less than, or earlier than"),
    Operator("lte", "lte", '{"creationDate":{"lte":"2020-12-31"}}', "lt or eq"),
    Operator(
        "between",
        "between",
        '{"creationDate":{"between":["2020-01-01","2020-12-31"]}}',
        "lies between the two, both included",
        takes_list=True,
    ),
    Operator(
        "inq",
        "in",
        '{"type":{"inq":["proposal","publication"]}}',
        "equals one of the list; an empty list matches nothing",
        ("in",),
        takes_list=True,
    ),
    Operator(
        "nin",
        "nin",
        '{"type":{"nin":["proposal"]}}',
        "equals none of the list; an empty list matches everything",
        opposite="inq",
        takes_list=True,
    ),
    Operator(
        "like",
        "like",
        '{"title":{"like":"copper%"}}',
        "matches: % stands for any text, _ for any character; without % it means contains",
    ),
    Operator("nlike", "nlike", '{"title":{"nlike":"test"}}', "does not match", opposite="like"),
    Operator("ilike", "ilike", '{"title":{"ilike":"COPPER%"}}', "like, whatever the case"),
    Operator(
        "nilike", "nilike", '{"title":{"nilike":"test"}}', "nlike, whatever the case", (), "ilike"
    ),
    Operator(
        "regexp",
        "regexp",
        '{"name":{"regexp":"/^lo/i"}}',
        "some part matches the regular expression (RE2 syntax), bare or between slashes with flags",
    ),
)
BY_NAME: Final[Mapping[str, Operator]] = {
    name: operator for operator in OPERATORS for name in (operator.name, *operator.aliases)
}
