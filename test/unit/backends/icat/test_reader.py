"""Which queries are confined to one parent, and so may be answered by the reader."""

import pytest

from datagateway_api.backends.icat.reader import parent_id
from datagateway_api.core import icat_schema
from datagateway_api.core.query.check import Checker
from datagateway_api.core.query.model import AllOf, Asked, Not, Query, Related

SCHEMA = icat_schema.load()
CHECKER = Checker(SCHEMA, max_limit=None, max_depth=10, undoubles=False)
OWN = {"dataset.id": {"eq": 5}}


def query(name, *conditions, **asked):
    return CHECKER.rows(SCHEMA.entities[name], Asked(where=conditions, **asked))


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        (query("Datafile", OWN), 5),
        (query("Datafile", {"dataset": 5}), 5),
        (query("Datafile", OWN, {"name": {"like": "a"}}), 5),
        (query("Datafile", {"and": [OWN, {"dataset.name": "a"}]}), 5),
        (query("Datafile", OWN, order=("dataset.name", "name"), include=("dataset",)), 5),
        (query("Datafile", OWN, distinct=("name", "dataset.name")), 5),
        (query("Dataset", {"investigation.id": 7}), 7),
        (query("Datafile"), None),
        (query("Datafile", {"id": 5}), None),
        (query("Datafile", {"dataset.id": {"ne": 5}}), None),
        (query("Datafile", {"dataset.id": {"in": [5]}}), None),
        (query("Datafile", {"or": [OWN, {"id": 1}]}), None),
        (query("Datafile", OWN, include=("dataset.investigation",)), None),
        (query("Datafile", OWN, include=("parameters",)), None),
        (query("Datafile", OWN, {"dataset.investigation.name": "a"}), None),
        (query("Datafile", OWN, {"parameters.stringValue": "a"}), None),
        (query("Datafile", OWN, order=("datafileFormat.name",)), None),
        (query("Datafile", OWN, distinct=("datafileFormat.name",)), None),
        (query("Dataset", {"sample.id": 1}), None),
        (query("Investigation", {"facility.id": 1}), None),
    ],
)
def test_a_query_is_confined_when_it_looks_nowhere_else(found, wanted):
    assert parent_id(found) == wanted


def test_conditions_that_modes_make_are_looked_into():
    own = query("Datafile", OWN).where
    entity = SCHEMA.entities["Datafile"]
    name = query("Datafile", {"name": "a"}).where
    assert own is not None
    assert name is not None
    assert parent_id(Query(entity, where=AllOf((own, Not(name))))) == 5
    assert parent_id(Query(entity, where=Not(own))) is None
    related = Related((entity.relations["parameters"],))
    assert parent_id(Query(entity, where=AllOf((own, related)))) is None
