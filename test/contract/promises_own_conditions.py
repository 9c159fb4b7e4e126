"""What every backend promises about the conditions that only modes make: Related, Not, is_whole."""

from dataclasses import replace

import pytest

from datagateway_api.core.query.model import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Not,
    Query,
    Related,
)
from test.contract.asking import Asking, where
from test.contract.reference import World, small_catalogue


class Making:
    """Conditions of one backend's schema, from names."""

    def __init__(self, ask: Asking) -> None:
        self._ask = ask

    def plain(self, entity: str, condition: object) -> Condition:
        """Return the condition that a request's ``where`` makes."""
        found = self._ask.query(entity, where(condition)).where
        assert found is not None
        return found

    def whole(self, entity: str, condition: object) -> Comparison:
        """Return a ``like`` that must match from the first character to the last."""
        found = self.plain(entity, condition)
        assert isinstance(found, Comparison)
        return replace(found, is_whole=True)

    def related(self, entity: str, dotted: str, condition: object = None) -> Related:
        """Return a condition on a row of its own; ``condition`` is a where or made already."""
        steps = []
        here = self._ask.entity(entity)
        for name in dotted.split("."):
            steps.append(here.relations[name])
            here = self._ask.backend.schema().target(here.relations[name])
        if isinstance(condition, dict):
            condition = self.plain(here.name, condition)
        return Related(tuple(steps), condition)  # type: ignore[arg-type]


def _shared_role(make: Making) -> Condition:
    """One user's row and one CI's row, which need not be the same row."""
    user = {"investigationUsers.user.name": "simple/o'brien"}
    ci = make.related("Investigation", "investigationUsers", {"role": "CI"})
    return AllOf((make.plain("Investigation", user), ci))


def _inside_shared(make: Making) -> Condition:
    """A Related and a Not among parts that are tied to one related row."""
    tied = make.plain("Investigation", {"investigationUsers.user.name": "simple/müller"})
    other = make.plain("Investigation", {"investigationUsers.role": "CI"})
    pi = make.related("Investigation", "investigationUsers", {"role": "PI"})
    no_ice = Not(make.plain("Investigation", {"keywords.name": "ice"}))
    return AllOf((tied, AnyOf((other, AllOf((pi, no_ice)))), no_ice))


def _nested(make: Making) -> Condition:
    inner = AnyOf(
        (
            make.related("Dataset", "datafiles", {"name": {"like": ".raw"}}),
            Not(make.related("Dataset", "parameters")),
        )
    )
    return make.related("Investigation", "datasets", inner)


CASES = {
    "some row": lambda make: make.related("Investigation", "keywords"),
    "no row": lambda make: Not(make.related("Investigation", "keywords")),
    "a row of its own": lambda make: make.related("Investigation", "keywords", {"name": "iron"}),
    "no such row": lambda make: Not(
        make.related("Investigation", "keywords", {"name": {"like": "i"}})
    ),
    "two rows of one relation": lambda make: AllOf(
        (
            make.related("Investigation", "keywords", {"name": "iron"}),
            make.related("Investigation", "keywords", {"name": "spin"}),
        )
    ),
    "one row with both": lambda make: make.related(
        "Investigation", "investigationUsers", {"user.name": "simple/o'brien", "role": "CI"}
    ),
    "a row beside a shared one": _shared_role,
    "inside what is shared": _inside_shared,
    "through two to-many relations": lambda make: make.related(
        "Investigation", "datasets.datafiles", {"fileSize": {"gt": 5}}
    ),
    "through a to-one relation": lambda make: make.related(
        "Investigation", "datasets.sample.type", {"name": "metal"}
    ),
    "to one row": lambda make: make.related("Investigation", "type", {"name": "calibration"}),
    "back again": lambda make: make.related(
        "Investigation", "keywords.investigation.keywords", {"name": "Bragg's law"}
    ),
    "nested": _nested,
    "or": lambda make: AnyOf(
        (
            make.related("Investigation", "keywords", {"name": "ice"}),
            make.plain("Investigation", {"id": 3}),
        )
    ),
    "not null": lambda make: Not(make.plain("Investigation", {"summary": {"like": "spins"}})),
    "not of not": lambda make: Not(Not(make.plain("Investigation", {"doi": "10.5072/1"}))),
    "not and": lambda make: Not(
        make.plain("Investigation", {"keywords.name": "iron", "doi": {"ne": "a"}})
    ),
    "not or": lambda make: Not(
        make.plain("Investigation", {"or": [{"endDate": {"gt": "2021-01-01"}}, {"type.id": 2}]})
    ),
    "nothing but not of an empty list": lambda make: Not(
        make.plain("Investigation", {"id": {"in": []}})
    ),
    "not of a shared row": lambda make: Not(
        make.plain(
            "Investigation",
            {"investigationUsers.user.name": "simple/o'brien", "investigationUsers.role": "CI"},
        )
    ),
}

WHOLE = [
    ({"name": {"like": "INVESTIGATION %"}}, [1, 2, 3, 6]),
    ({"name": {"like": "%5"}}, [5]),
    ({"name": {"like": "INVESTIGATION"}}, []),
    ({"name": {"like": "UPPER 5"}}, [5]),
    ({"name": {"like": "INVESTIGATION _"}}, [1, 2, 3, 6]),
    ({"name": {"nlike": "INVESTIGATION %"}}, [4, 5]),
    ({"name": {"ilike": "upper%"}}, [5]),
    ({"name": {"ilike": "%PER"}}, []),
    ({"name": {"nilike": "%6"}}, [1, 2, 3, 4, 5]),
    ({"title": {"ilike": "CAFÉ%"}}, [4]),
    ({"title": {"ilike": "É%"}}, []),
    ({"title": {"like": "%Ω%"}}, [4]),
    ({"summary": {"like": "line%control"}}, [4]),
]


class OwnConditionPromises:
    """Conditions that no request can write, but that a mode asks a backend with."""

    @pytest.mark.parametrize("name", CASES)
    def test_a_condition_finds_what_plain_python_finds(self, ask: Asking, name):
        condition = CASES[name](Making(ask))
        world: World = small_catalogue(ask.backend.schema())
        entity = ask.entity("Investigation")
        wanted = world.ids(entity, condition)
        query = Query(entity, where=condition)
        assert ask.ids_found(query) == wanted
        assert ask.backend.count(ask.caller, query) == len(wanted)
        assert 0 < len(wanted) < 6 or "not of an empty list" in name, "a case that proves nothing"

    @pytest.mark.parametrize(("condition", "wanted"), WHOLE)
    def test_a_whole_pattern_matches_all_of_a_text(self, ask: Asking, condition, wanted):
        query = Query(
            ask.entity("Investigation"), where=Making(ask).whole("Investigation", condition)
        )
        assert ask.ids_found(query) == wanted

    @pytest.mark.parametrize(
        ("pattern", "wanted"), [("IN%", [1]), ("NEW", []), ("%PROG%S", [1]), ("PROGRESS", [])]
    )
    def test_a_whole_pattern_matches_all_of_an_enums_name(self, ask: Asking, pattern, wanted):
        condition = Making(ask).whole("Study", {"status": {"like": pattern}})
        assert ask.ids_found(Query(ask.entity("Study"), where=condition)) == wanted

    def test_the_service_reads_without_a_users_session(self, ask: Asking):
        caller = ask.backend.service_caller()
        assert ask.backend.count(caller, Query(ask.entity("Investigation"))) == 6

    def test_the_service_is_the_same_caller_from_one_request_to_the_next(self, ask: Asking):
        assert ask.backend.service_caller() == ask.backend.service_caller()
