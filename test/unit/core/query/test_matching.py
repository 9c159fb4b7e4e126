"""Whether a value meets a comparison, found out by the program itself."""

import pytest

from datagateway_api.core import icat_schema
from datagateway_api.core.dates import parse
from datagateway_api.core.query.check import Checker
from datagateway_api.core.query.matching import meets, text_of
from datagateway_api.core.query.model import Asked, Comparison

SCHEMA = icat_schema.load()
CHECKER = Checker(SCHEMA, max_limit=None, max_depth=10, undoubles=False)


def comparison(dotted, operator, operand, *, is_whole=False):
    name, _, path = dotted.partition(".")
    found = CHECKER.rows(SCHEMA.entities[name], Asked(where=({path: {operator: operand}},))).where
    assert isinstance(found, Comparison)
    return Comparison(found.path, found.operator, found.operand, is_whole)


@pytest.mark.parametrize(
    ("dotted", "operator", "operand", "value", "wanted"),
    [
        ("Dataset.complete", "eq", True, True, True),
        ("Dataset.complete", "lt", True, False, True),
        ("Dataset.complete", "between", [False, False], True, False),
        ("Dataset.complete", "like", "ru", True, True),
        ("Dataset.complete", "nlike", "ru", True, False),
        ("Study.status", "gt", "NEW", "COMPLETE", True),
        ("Study.status", "lt", "IN_PROGRESS", "COMPLETE", False),
        ("Study.status", "in", ["NEW", "COMPLETE"], "COMPLETE", True),
        ("Study.status", "nin", ["NEW"], "COMPLETE", True),
        ("Study.status", "nin", [], "NEW", True),
        ("Study.status", "in", [], "NEW", False),
        ("Study.status", "ilike", "prog", "IN_PROGRESS", True),
        ("Study.status", "like", "prog", "IN_PROGRESS", False),
        ("Study.status", "like", "N_P", "IN_PROGRESS", True),
        ("Study.status", "regexp", "^N", "NEW", True),
        ("Study.status", "regexp", "^E", "NEW", False),
        ("DatasetParameter.numericValue", "like", "0.1", "0.1", True),
        ("DatasetParameter.numericValue", "ne", 5, 5.0, False),
        ("Dataset.startDate", "gte", "2020-01-01", parse("2020-01-01"), True),
        ("Dataset.startDate", "like", "2020-01-01 00", parse("2020-01-01"), True),
        ("Dataset.startDate", "nilike", "%T%", parse("2020-01-01"), True),
        ("Dataset.name", "like", "50%", "is 50% of", True),
        ("Dataset.name", "like", "a.c", "abc", False),
        ("Dataset.name", "like", "a%z", "a\nz", True),
    ],
)
def test_a_value_meets_a_comparison_as_a_database_would_say(
    dotted, operator, operand, value, wanted
):
    assert meets(comparison(dotted, operator, operand), value) is wanted


@pytest.mark.parametrize(("pattern", "wanted"), [("IN%", True), ("IN", False), ("%GRESS", True)])
def test_a_whole_pattern_matches_all_of_a_text(pattern, wanted):
    whole = comparison("Study.status", "like", pattern, is_whole=True)
    assert meets(whole, "IN_PROGRESS") is wanted


def test_a_pattern_with_many_wildcards_takes_no_time():
    assert not meets(comparison("Dataset.name", "like", "a%" * 300 + "b"), "a" * 3000)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (5, "5"),
        (0.1, "0.1"),
        (parse("2020-01-01 00:00:00.5"), "2020-01-01 00:00:00.500000+00:00"),
    ],
)
def test_a_value_is_matched_as_the_text_that_it_is_answered_as(value, text):
    assert text_of(value) == text
