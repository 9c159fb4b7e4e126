"""What every backend promises about the conditions of a query."""

import pytest

from datagateway_api.core.query.model import Asked
from datagateway_api.core.query.operators import OPERATORS, OperandKind
from test.contract.asking import Asking, where
from test.contract.reference import World, small_catalogue

FIELDS = {
    "InvestigationUser.role": ["CI", "PI", "I", "", "Q"],
    "Dataset.sample.name": ["rod", "untyped", "o", "z"],
    "Datafile.fileSize": [0, 10, "10", 5_368_709_121, -1, 2**62],
    "Facility.daysUntilRelease": [0, 1, "90"],
    "DatasetParameter.numericValue": [0.1, "0.1", -273.15, -274, 5],
    "Dataset.complete": [True, False],
    "Investigation.startDate": ["2020-01-01", "2019-03-31T23:59:59Z", "2021-06-01 02:00+02:00"],
    "Investigation.endDate": ["2020-01-05 12:30:15.25", "2021-06-09", "2020-01-05"],
    "Study.status": ["NEW", "IN_PROGRESS", "in_progress"],
    "ParameterType.valueType": ["STRING", "NUMERIC", "DATE_AND_TIME"],
}
"""A field of each type and operands that some rows meet."""

PATTERNS = [
    "1",
    "CI",
    "^[CP]I$",
    "0.1",
    "2020-01",
    "01-01 00:00",
    "true",
    "NEW",
    "NUM",
    "_",
    "%0",
    ".5+",
]

SHARED = {"investigationUsers.user.name": "simple/o'brien", "investigationUsers.role": "CI"}
"""Investigations 1 and 2 have this user and this role, but only 2 has both in one row."""


def _operands(kind: OperandKind, values):
    if kind is OperandKind.FLAG:
        return [True, False]
    if kind is OperandKind.PATTERN:
        return PATTERNS
    if kind is OperandKind.LIST:
        return [[], values[:1], values, values * 2]
    if kind is OperandKind.PAIR:
        return [[first, second] for first in values for second in values]
    return values


class ConditionPromises:
    """The parameter ``where`` of section 3 of the specification."""

    @pytest.fixture
    def world(self, backend) -> World:
        return small_catalogue(backend.schema())

    @pytest.mark.parametrize("operator", OPERATORS, ids=lambda operator: operator.name)
    @pytest.mark.parametrize("dotted", FIELDS)
    def test_an_operator_on_a_type_finds_what_a_plain_comparison_finds(
        self, ask: Asking, world: World, operator, dotted
    ):
        name, _, path = dotted.partition(".")
        entity = ask.entity(name)
        for operand in _operands(operator.operand, FIELDS[dotted]):
            asked = where({path: {operator.name: operand}})
            wanted = world.ids(entity, ask.query(name, asked).where)
            assert ask.ids(name, asked) == wanted, operand
            assert ask.count(name, asked) == len(wanted)

    @pytest.mark.parametrize(
        ("condition", "wanted"),
        [
            ({"summary": None}, [2, 3, 5, 6]),
            ({"summary": {"ne": None}}, [1, 4]),
            ({"summary": {"isnull": False}}, [1, 4]),
            ({"doi": {"ne": "10.5072/2"}}, [1]),
            ({"doi": {"nlike": "nothing"}}, [1]),
            ({"doi": {"nin": ["a"]}}, [1]),
            ({"doi": {"in": []}}, []),
            ({"doi": {"nin": []}}, [1, 2, 3, 4, 5, 6]),
            ({"type": 2}, [3, 4]),
            ({"type": {"id": 2}}, [3, 4]),
            ({"type": {"name": {"like": "cal"}}}, [3, 4]),
            ({"type.name": {"like": "cal"}, "startDate": None}, [4]),
            ({"id": {"gt": 1, "lt": 4, "ne": 3}}, [2]),
            ({"keywords": {"isnull": True}}, [3, 4, 6]),
            ({"keywords": {"isnull": False}}, [1, 2, 5]),
            ({"title": {"like": "pin%iron"}}, [1, 6]),
            ({"title": {"ilike": "SPIN"}}, [1, 6]),
            ({"title": {"ilike": "CAFÉ"}}, [4]),
            ({"title": {"ilike": "ω"}}, [4]),
            ({"datasets.type.name": {"ilike": "PROCESS"}}, [1]),
            ({"datasets.type.name": {"ilike": "proceß"}}, []),
            ({"id": {"gt": -(2**63)}}, [1, 2, 3, 4, 5, 6]),
            ({"title": {"nilike": "sPIN"}}, [2, 3, 4, 5]),
            ({"title": {"like": "under_score"}}, [5]),
            ({"title": {"like": "50%"}}, [5]),
            ({"title": {"like": '"quoted" back\\slash | pipe * star [bracket] ? Ω 中'}}, [4]),
            ({"id": {"like": "1"}}, [1]),
        ],
    )
    def test_a_condition_on_one_investigation(self, ask: Asking, condition, wanted):
        assert ask.ids("Investigation", where(condition)) == wanted
        assert ask.count("Investigation", where(condition)) == len(wanted)

    def test_several_wheres_hold_together(self, ask: Asking):
        assert ask.ids("Investigation", where({"type": 1}, {"title": {"like": "Spin"}})) == [1, 6]

    def test_a_condition_through_a_relation_needs_the_related_row(self, ask: Asking):
        assert ask.ids("Dataset", where({"sample": {"isnull": True}})) == [2]
        assert ask.ids("Dataset", where({"sample.type": {"isnull": True}})) == [3]
        assert ask.ids("Dataset", where({"sample.pid": None})) == [1, 3]
        assert ask.ids("Dataset", where({"sample.name": {"ne": "rod"}})) == [3]

    def test_conditions_on_one_to_many_path_speak_of_the_same_row(self, ask: Asking):
        for asked in (
            where(SHARED),
            where(*({path: value} for path, value in SHARED.items())),
            where({"and": [{path: value} for path, value in SHARED.items()]}),
            where({"investigationUsers": {"user": {"name": "simple/o'brien"}, "role": "CI"}}),
        ):
            assert ask.ids("Investigation", asked) == [2]
            assert ask.count("Investigation", asked) == 1

    def test_conditions_on_two_to_many_paths_speak_of_different_rows(self, ask: Asking):
        both = {"keywords.name": "iron", "investigationInstruments.instrument.name": "I02"}
        assert ask.ids("Investigation", where(both)) == [1]

    def test_a_deeper_path_shares_the_row_it_goes_through(self, ask: Asking):
        asked = where({"datasets.name": "DATASET 2", "datasets.datafiles.name": "a.nxs"})
        assert ask.ids("Investigation", asked) == []
        asked = where({"datasets.name": "DATASET 1", "datasets.datafiles.name": "a.nxs"})
        assert ask.ids("Investigation", asked) == [1]

    def test_an_entity_is_returned_once_however_many_related_rows_match(self, ask: Asking):
        asked = where({"keywords.name": {"like": "i"}})
        assert ask.ids("Investigation", asked) == [1, 2, 5]
        every = where({"investigationUsers.role": {"in": ["PI", "CI"]}})
        assert ask.ids("Investigation", every) == [1, 2, 4]
        assert ask.count("Investigation", every) == 3

    def test_an_entity_without_the_relation_of_one_branch_matches_by_another(self, ask: Asking):
        asked = where({"or": [{"keywords.name": "ice"}, {"id": 3}, {"datasets.name": "no"}]})
        assert ask.ids("Investigation", asked) == [2, 3]
        mixed = where({"or": [{"sample.name": "rod"}, {"name": "DATASET 2"}]})
        assert ask.ids("Dataset", mixed) == [1, 2]

    def test_the_branches_of_an_or_are_independent(self, ask: Asking):
        branches = [
            {"investigationUsers.role": "PI", "investigationUsers.user.id": 3},
            {"investigationUsers.role": "CI", "investigationUsers.user.id": 2},
        ]
        assert ask.ids("Investigation", where({"or": branches})) == [1, 4]

    def test_conditions_nest_to_any_depth(self, ask: Asking):
        condition: dict[str, object] = {"id": 2}
        for depth in range(90):
            condition = {
                "or" if depth % 2 else "and": [condition, {"id": {"lt": 0}}][: depth % 2 + 1]
            }
        assert ask.ids("Investigation", where(condition)) == [2]

    def test_long_lists_are_taken(self, ask: Asking):
        asked = where({"id": {"in": list(range(3, 20_000))}})
        assert ask.ids("Investigation", asked) == [3, 4, 5, 6]
        names = [f"name {n}" for n in range(9000)] + ["UPPER 5"]
        assert ask.ids("Investigation", where({"name": {"in": names}})) == [5]

    def test_a_hundred_conditions_are_taken(self, ask: Asking):
        branches = [{"keywords.name": f"k{n}"} for n in range(100)] + [{"keywords.name": "ice"}]
        assert ask.ids("Investigation", where({"or": branches})) == [2]

    def test_conditions_order_page_and_include_go_together(self, ask: Asking):
        asked = Asked(
            where=(SHARED,), order=("keywords.name desc",), limit=1, include=("keywords",)
        )
        rows = ask.rows("Investigation", asked)
        assert [(row["id"], len(row["keywords"])) for row in rows] == [(2, 1)]
