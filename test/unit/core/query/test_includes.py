"""From ``include`` parameters to a tree of relations."""

import pytest

from datagateway_api.core import icat_schema
from datagateway_api.core.errors import BadFilter
from datagateway_api.core.query.includes import MOST_RELATIONS, includes
from datagateway_api.core.query.model import Include
from datagateway_api.core.query.names import Names

SCHEMA = icat_schema.load()
NAMES = Names(SCHEMA, max_depth=4)


def tree(found: tuple[Include, ...]) -> dict:
    return {each.relation.name: tree(each.children) for each in found}


def included(*asked, entity: str = "Investigation") -> dict:
    return tree(includes(NAMES, SCHEMA.entities[entity], asked))


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ([], {}),
        (["type"], {"type": {}}),
        (["TYPE"], {"type": {}}),
        (["investigationInstrument"], {"investigationInstruments": {}}),
        (["datasets.type"], {"datasets": {"type": {}}}),
        ([["type", "facility"]], {"facility": {}, "type": {}}),
        (["type", "facility"], {"facility": {}, "type": {}}),
        ([{"datasets": "type"}], {"datasets": {"type": {}}}),
        ([{"datasets": ["type", "sample"]}], {"datasets": {"sample": {}, "type": {}}}),
        (
            [{"datasets": {"datafiles": "parameters"}}],
            {"datasets": {"datafiles": {"parameters": {}}}},
        ),
        ([{"datasets": []}], {"datasets": {}}),
        ([{"datasets": {}}], {"datasets": {}}),
        ([[]], {}),
        ([{}], {}),
        ([[["type"]]], {"type": {}}),
        (["datasets", {"datasets": "type"}], {"datasets": {"type": {}}}),
        ([{"datasets": "type"}, "datasets"], {"datasets": {"type": {}}}),
        (["datasets.type", "datasets.sample"], {"datasets": {"sample": {}, "type": {}}}),
        (
            [{"datasets.sample": "type", "type": []}],
            {"datasets": {"sample": {"type": {}}}, "type": {}},
        ),
        (
            [["type", {"investigationUsers": "user"}]],
            {"investigationUsers": {"user": {}}, "type": {}},
        ),
        (
            [{"investigationInstruments": {"instrument": "facility"}}, {"datasets": "type"}],
            {
                "datasets": {"type": {}},
                "investigationInstruments": {"instrument": {"facility": {}}},
            },
        ),
        (["datasets.investigation"], {"datasets": {"investigation": {}}}),
        (["type", "type", ["type"]], {"type": {}}),
    ],
)
def test_names_paths_lists_and_objects_become_one_tree(asked, found):
    assert included(*asked) == found


def test_the_order_is_the_schema_s_not_the_request_s():
    assert list(included("type", "datasets")) == list(included("datasets", "type"))


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (["nothing"], "Investigation has no attribute or relation"),
        (["datasets.nothing"], 'Dataset has no attribute or relation "nothing" in'),
        (["name"], "Investigation.name is an attribute, not a relation"),
        ([{"datasets": "name"}], "Dataset.name is an attribute, not a relation"),
        ([{"name": []}], "Investigation.name is an attribute"),
        ([""], "Investigation has no"),
        (["datasets."], "Dataset has no"),
        ([1], "include must be a name, a list or an object such as"),
        ([None], "include must be a name, a list or an object such as"),
        ([["type", True]], "include must be a name, a list or an object such as"),
        ([{"datasets": 1}], "include must be a name, a list or an object such as"),
        ([{"datasets": None}], "include must be a name, a list or an object such as"),
        (["datasets.investigation.datasets.investigation.type"], "more than 4 relations"),
        ([{"datasets": {"datafiles": {"dataset": {"sample": "type"}}}}], "more than 4 relations"),
        ([[[[[[[[[[["type"]]]]]]]]]]], "more than 4 relations"),
    ],
)
def test_anything_else_is_refused(asked, message):
    with pytest.raises(BadFilter) as caught:
        included(*asked)
    assert message in caught.value.message


def test_too_many_relations_are_refused():
    steps = list(SCHEMA.entities["Investigation"].relations)
    wanted = [f"{way}.investigation.{step}" for way in steps for step in steps]
    wanted = [path for path in wanted if path.split(".")[0] not in ("facility", "type")]
    assert len(wanted) > MOST_RELATIONS
    with pytest.raises(BadFilter, match=f"at most {MOST_RELATIONS} relations"):
        included(wanted)


def test_an_include_walks_itself_and_all_below_it():
    found = includes(NAMES, SCHEMA.entities["Investigation"], ({"datasets": ["type", "sample"]},))
    assert [each.relation.name for each in found[0].walk()] == ["datasets", "sample", "type"]
