"""The values that are bound for a comparison, for every database."""
# ruff: noqa: DTZ001 the program's moments are naive and in UTC

from datetime import datetime

import pytest

from datagateway_api.backends.database.conditions import comparisons
from datagateway_api.sql.comparisons import bind_values
from datagateway_api.sql.dialects import dialect_for
from test.support.queries import DIALECTS, rows

NEW_YEAR = datetime(2020, 1, 1)


def bound(dialect: str, entity: str, where: object) -> dict[str, object]:
    (comparison,) = comparisons(rows(entity, where=where).where)
    return bind_values(comparison, "p0", dialect_for(dialect))


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    ("entity", "where", "values"),
    [
        ("Investigation", {"name": "it''s"}, {"p0": "it's"}),
        ("Investigation", {"id": "5"}, {"p0": 5}),
        ("Investigation", {"name": None}, {}),
        ("Investigation", {"name": {"in": []}}, {}),
        ("Investigation", {"id": {"between": [1, 2]}}, {"p0": 1, "p0b": 2}),
        ("Investigation", {"name": {"regexp": "^a|b$"}}, {"p0": "^a|b$"}),
        ("Dataset", {"complete": True}, {"p0": True}),
        ("Dataset", {"complete": {"gt": False}}, {"p0": 0}),
        ("Study", {"status": "COMPLETE"}, {"p0": 2}),
        ("Study", {"status": {"gt": "new"}}, {"p0": 0}),
        ("Study", {"status": {"between": ["NEW", "COMPLETE"]}}, {"p0": 0, "p0b": 2}),
    ],
)
def test_the_values_that_every_database_gets(dialect, entity, where, values):
    assert bound(dialect, entity, where) == values


@pytest.mark.parametrize(
    ("dialect", "entity", "where", "value"),
    [
        ("sqlite", "Investigation", {"startDate": "2020-01-01"}, "2020-01-01 00:00:00.000000"),
        ("mysql", "Investigation", {"startDate": "2020-01-01"}, NEW_YEAR),
        ("postgresql", "Investigation", {"startDate": "2020-01-01"}, NEW_YEAR),
        ("sqlite", "Investigation", {"id": {"in": [1, 2]}}, "[1,2]"),
        ("sqlite", "Investigation", {"name": {"in": ["a", 'b"']}}, '["a","b\\""]'),
        ("mysql", "Investigation", {"id": {"nin": [1, 2]}}, (1, 2)),
        ("oracle", "Investigation", {"id": {"in": [1, 2]}}, (1, 2)),
        ("postgresql", "Investigation", {"id": {"in": [1, 2]}}, [1, 2]),
        ("postgresql", "Study", {"status": {"in": ["NEW", "COMPLETE"]}}, [0, 2]),
        ("postgresql", "Study", {"status": {"like": "E"}}, [0, 1, 2, 3]),
        ("postgresql", "Study", {"status": {"like": "_N"}}, [1, 3]),
        ("postgresql", "Study", {"status": {"like": "e"}}, [None]),
        ("postgresql", "Study", {"status": {"ilike": "c%e"}}, [2, 3]),
        ("postgresql", "Study", {"status": {"regexp": "^C"}}, [2, 3]),
        ("postgresql", "Study", {"status": {"like": "."}}, [None]),
        ("postgresql", "Dataset", {"complete": {"like": "tr"}}, [True]),
        ("postgresql", "Dataset", {"complete": {"nilike": "E"}}, [None]),
        ("postgresql", "Dataset", {"complete": {"nlike": "tr"}}, [False]),
        ("postgresql", "Study", {"status": {"nlike": "E"}}, [None]),
        ("postgresql", "Study", {"status": {"nilike": "in_"}}, [0, 2, 3]),
        ("mysql", "Investigation", {"name": {"like": "5|%_"}}, "%5||%_%"),
        ("mysql", "Investigation", {"name": {"ilike": "ÄB"}}, "%äb%"),
        ("postgresql", "Investigation", {"name": {"like": "ÄB"}}, "%ÄB%"),
        ("sqlite", "Investigation", {"name": {"like": "a*b?[c]%_"}}, "*a[*]b[?][[]c]*?*"),
        ("sqlite", "Investigation", {"name": {"ilike": "A|B%"}}, "%A||B%%"),
        ("sqlite", "Investigation", {"name": {"ilike": "ÄB%"}}, "*äb**"),
    ],
)
def test_the_values_that_one_database_gets(dialect, entity, where, value):
    assert bound(dialect, entity, where) == {"p0": value}
