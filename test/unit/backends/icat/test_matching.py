"""Patterns that JPQL cannot say become comparisons of ids, wherever they stand."""

from dataclasses import replace

import pytest

from datagateway_api.backends.icat.matching import matched
from datagateway_api.core import icat_schema
from datagateway_api.core.query.check import Checker
from datagateway_api.core.query.model import AllOf, Asked, Comparison, Not, Query, Related

SCHEMA = icat_schema.load()
CHECKER = Checker(SCHEMA, max_limit=None, max_depth=10, undoubles=False)
STORED = {
    ("Investigation", "startDate"): [
        (1, "2020-01-01T00:00:00.000Z"),
        (2, "2021-06-01T02:00:00+02:00"),
        (5, "2022-02-28T00:00:00Z"),
    ],
    ("DatasetParameter", "numericValue"): [(7, "1.0E22"), (8, "0.10")],
}


def values(entity, field):
    return STORED[entity.name, field.name]


def query(name, *conditions):
    return CHECKER.rows(SCHEMA.entities[name], Asked(where=conditions))


def ids_of(comparison) -> tuple[str, object]:
    assert isinstance(comparison, Comparison)
    assert comparison.operator.name == "in"
    return str(comparison.path), comparison.operand


@pytest.mark.parametrize(
    ("name", "condition", "wanted"),
    [
        ("Investigation", {"startDate": {"like": "2020"}}, ("id", (1,))),
        ("Investigation", {"startDate": {"nlike": "2020"}}, ("id", (2, 5))),
        ("Investigation", {"startDate": {"regexp": "06-01 00:00:00\\+"}}, ("id", (2,))),
        ("Investigation", {"startDate": {"ilike": "1999"}}, ("id", ())),
        ("Dataset", {"investigation.startDate": {"like": "2022"}}, ("investigation.id", (5,))),
        ("Dataset", {"parameters.numericValue": {"like": "e+22"}}, ("parameters.id", (7,))),
        ("Dataset", {"parameters.numericValue": {"regexp": "^0.1$"}}, ("parameters.id", (8,))),
    ],
)
def test_a_pattern_becomes_the_ids_that_meet_it(name, condition, wanted):
    assert ids_of(matched(SCHEMA, query(name, condition), values).where) == wanted


def test_what_jpql_can_say_is_left_as_it_is():
    for asked in (
        query("Investigation"),
        query("Investigation", {"startDate": {"gt": "2020-01-01"}, "name": {"like": "a"}}),
        query("Dataset", {"or": [{"complete": {"like": "t"}}, {"id": {"like": "1"}}]}),
    ):
        assert matched(SCHEMA, asked, values) is asked


def test_a_pattern_is_found_at_any_depth():
    inner = query("Investigation", {"startDate": {"like": "2020"}}).where
    assert inner is not None
    datasets = SCHEMA.entities["Dataset"].relations["investigation"]
    asked = Query(SCHEMA.entities["Dataset"], where=Not(Related((datasets,), inner)))
    found = matched(SCHEMA, asked, values).where
    assert isinstance(found, Not)
    assert isinstance(found.part, Related)
    assert ids_of(found.part.where) == ("id", (1,))
    other = query("Investigation", {"name": "a"}).where
    assert other is not None
    both = replace(asked, entity=SCHEMA.entities["Investigation"], where=AllOf((other, inner)))
    whole = matched(SCHEMA, both, values).where
    assert isinstance(whole, AllOf)
    assert whole.parts[0] is other
    assert ids_of(whole.parts[1]) == ("id", (1,))
