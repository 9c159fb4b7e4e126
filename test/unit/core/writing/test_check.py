"""Bodies are held against the schema: what is read from good ones, what is told of bad ones."""

from datetime import datetime
from typing import Any

import pytest

from datagateway_api.core import icat_schema
from datagateway_api.core.entities import FieldType
from datagateway_api.core.errors import BadRequest, TooLarge
from datagateway_api.core.query.parse import shown
from datagateway_api.core.writing import check
from datagateway_api.core.writing.check import BodyChecker
from datagateway_api.core.writing.model import Change, Draft, written_tree

SCHEMA = icat_schema.load()
at = datetime.fromisoformat
BODIES = BodyChecker(SCHEMA)
NO_ID = 'must be an id, or {"id": id}, got '
WHOLE = "must be a whole number, got "
DATE = "must be a date such as 2003-12-31 or 2003-12-31 23:59:59 or 2003-12-31T23:59:59Z, got "


def label(value: object) -> str:
    return ascii(value)[:40]


def drafts(entity: str, body: object) -> tuple[Draft, ...]:
    return BODIES.creation(SCHEMA.entities[entity], body)


def draft(entity: str, body: object) -> Draft:
    found, *more = drafts(entity, body)
    assert not more
    return found


def values(item: Draft | Change) -> dict[str, object]:
    return {field.name: value for field, value in item.values.items()}


def keys(item: Draft | Change) -> dict[str, int | None]:
    return {relation.name: id_ for relation, id_ in item.keys.items()}


def told(entity: str, body: object, *, id_: int | None = None) -> list[tuple[str, str, str]]:
    """Return item, field and reason of all that is told of a body, or of a change of one row."""
    owner = SCHEMA.entities[entity]
    with pytest.raises(BadRequest) as found:
        BODIES.creation(owner, body) if id_ is None else BODIES.change(owner, id_, body)
    return [tuple(each.values()) for each in found.value.details or ()]  # type: ignore[misc]


VALUES: tuple[tuple[str, str, object, object], ...] = (
    ("Study", "name", "any", "any"),
    ("Study", "name", "", ""),
    ("Study", "name", "children''s", "children''s"),
    ("Study", "name", "x" * 255, "x" * 255),
    ("Study", "description", None, None),
    ("Study", "startDate", "2020-02-29", at("2020-02-29")),
    ("Study", "startDate", "2020-02-29T01:00:00+02:00", at("2020-02-28 23:00")),
    ("Study", "startDate", "2020-02-29 01:00:00.5", at("2020-02-29 01:00:00.500")),
    ("Study", "status", "COMPLETE", "COMPLETE"),
    ("Study", "status", "complete", "COMPLETE"),
    ("Study", "status", None, None),
    ("Datafile", "fileSize", 2**63 - 1, 2**63 - 1),
    ("Datafile", "fileSize", -(2**63), -(2**63)),
    ("Datafile", "fileSize", "12", 12),
    ("Datafile", "fileSize", 12.0, 12),
    ("Facility", "daysUntilRelease", 2**31 - 1, 2**31 - 1),
    ("Facility", "daysUntilRelease", -(2**31), -(2**31)),
    ("DatasetParameter", "numericValue", 1, 1.0),
    ("DatasetParameter", "numericValue", "1e3", 1000.0),
    ("DatasetParameter", "numericValue", -0.1, -0.1),
    ("Dataset", "complete", True, True),
    ("Dataset", "complete", "false", False),
    ("Dataset", "complete", 1, True),
)

BAD_VALUES: tuple[tuple[str, str, object, str], ...] = (
    ("Study", "name", None, "cannot be null"),
    ("Study", "name", "x" * 256, "has 256 characters, 255 are allowed"),
    ("Study", "name", 5, "must be a text, got 5"),
    ("Study", "name", 1.5, "must be a text, got 1.5"),
    ("Study", "name", True, "must be a text, got true"),
    ("Study", "name", ["a"], 'must be a text, got ["a"]'),
    ("Study", "name", {"a": 1}, 'must be a text, got {"a":1}'),
    ("Study", "name", "a\0b", "must be a text without the NUL character, which no catalogue holds"),
    ("Study", "startDate", "soon", DATE + '"soon"'),
    ("Study", "startDate", "2020-13-01", DATE + '"2020-13-01"'),
    ("Study", "startDate", "2021-02-29", DATE + '"2021-02-29"'),
    ("Study", "startDate", 20200101, DATE + "20200101"),
    ("Study", "startDate", "", DATE + '""'),
    ("Study", "startDate", False, DATE + "false"),
    ("Study", "status", "bad", "must be one of NEW, IN_PROGRESS, COMPLETE, CANCELLED, got "),
    ("Study", "status", 1, "must be one of NEW, IN_PROGRESS, COMPLETE, CANCELLED, got 1"),
    ("Datafile", "fileSize", 2**63, "must be a whole number of at most 63 bits, got "),
    ("Datafile", "fileSize", -(2**63) - 1, "must be a whole number of at most 63 bits, got "),
    ("Datafile", "fileSize", 1e19, "must be a whole number of at most 63 bits, got "),
    ("Datafile", "fileSize", 1.5, WHOLE + "1.5"),
    ("Datafile", "fileSize", "x", WHOLE + '"x"'),
    ("Datafile", "fileSize", True, WHOLE + "true"),
    ("Datafile", "fileSize", [], WHOLE + "[]"),
    ("Datafile", "fileSize", float("inf"), WHOLE),
    ("Facility", "daysUntilRelease", 2**31, "must be a whole number of at most 31 bits, got "),
    ("DatasetParameter", "numericValue", "x", 'must be a number, got "x"'),
    ("DatasetParameter", "numericValue", "inf", 'must be a number, got "inf"'),
    ("DatasetParameter", "numericValue", float("nan"), "must be a number, got "),
    ("DatasetParameter", "numericValue", True, "must be a number, got true"),
    ("DatasetParameter", "numericValue", {}, "must be a number, got {}"),
    ("Dataset", "complete", None, "cannot be null"),
    ("Dataset", "complete", "yes", 'must be true or false, got "yes"'),
    ("Dataset", "complete", 2, "must be true or false, got 2"),
    ("Dataset", "complete", [], "must be true or false, got []"),
)

KEYS: tuple[tuple[str, object, int | None], ...] = (
    ("sample", 1, 1),
    ("sample", "1", 1),
    ("sample", {"id": 1}, 1),
    ("sample", {"id": "01"}, 1),
    ("sample", 2**63 - 1, 2**63 - 1),
    ("sampleID", 1, 1),
    ("sampleId", {"id": 1}, 1),
    ("sample", None, None),
    ("sampleID", None, None),
)

BAD_KEYS: tuple[tuple[str, object, str], ...] = (
    ("sample", 0, NO_ID + "0"),
    ("sample", -1, NO_ID + "-1"),
    ("sample", 1.5, NO_ID + "1.5"),
    ("sample", 1.0, NO_ID + "1.0"),
    ("sample", 2**63, NO_ID),
    ("sample", "x", NO_ID + '"x"'),
    ("sample", "", NO_ID + '""'),
    ("sample", " 1", NO_ID + '" 1"'),
    ("sample", "-1", NO_ID + '"-1"'),
    ("sample", "1" * 30, NO_ID),
    ("sample", "\N{ARABIC-INDIC DIGIT ONE}", NO_ID),
    ("sample", True, NO_ID + "true"),
    ("sample", [1], NO_ID + "[1]"),
    ("sample", [], NO_ID + "[]"),
    ("sample", {}, NO_ID + "{}"),
    ("sample", {"id": None}, NO_ID + '{"id":null}'),
    ("sample", {"id": {"id": 1}}, NO_ID),
    ("sample", {"id": 1, "name": "rod"}, NO_ID),
    ("sample", {"name": "rod"}, NO_ID),
    ("sampleID", "x", NO_ID + '"x"'),
    ("investigation", None, "cannot be null"),
    ("typeID", None, "cannot be null"),
)

UNKNOWN: tuple[tuple[str, str], ...] = (
    ("nam", "Dataset has no such attribute or relation; did you mean name?"),
    ("Name", "Dataset has no such attribute or relation; did you mean name or "),
    ("NAME", "Dataset has no such attribute or relation; did you mean name or "),
    ("datafile", "Dataset has no such attribute or relation; did you mean datafiles"),
    ("datafilesID", "Dataset has no such attribute or relation; did you mean datafiles"),
    ("nameID", "Dataset has no such attribute or relation"),
    ("investigation_id", "Dataset has no such attribute or relation; did you mean investigation"),
    ("investigation.id", "Dataset has no such attribute or relation; did you mean investigation"),
    ("", "Dataset has no such attribute or relation"),
    ("x'); --", "Dataset has no such attribute or relation"),
)


def whole(entity: str, **more: object) -> dict[str, Any]:
    """Return a body with all that an entity demands."""
    owner = SCHEMA.entities[entity]
    texts = {
        field.name: "any"
        for field in owner.fields.values()
        if not field.nullable and field.type is FieldType.TEXT and field.name not in check.ASSIGNED
    }
    relations = {relation.name: 1 for relation in owner.to_one if not relation.nullable}
    return {**texts, **relations, **more}


@pytest.mark.parametrize(("entity", "name", "given", "read"), VALUES, ids=label)
def test_a_value_is_read_as_its_fields_type(entity, name, given, read):
    found = values(draft(entity, whole(entity, **{name: given})))[name]
    assert (found, type(found)) == (read, type(read))
    change = BODIES.change(SCHEMA.entities[entity], 1, {name: given})
    assert values(change) == {name: read}


@pytest.mark.parametrize(("entity", "name", "given", "reason"), BAD_VALUES, ids=label)
def test_a_value_of_another_type_or_too_large_is_told(entity, name, given, reason):
    (place, field, found), *more = told(entity, whole(entity, **{name: given}))
    assert (place, field, more) == ("", name, [])
    assert found.startswith(reason)
    assert told(entity, {name: given}, id_=1) == [("", name, found)]


@pytest.mark.parametrize(("name", "given", "id_"), KEYS, ids=label)
def test_a_relation_is_read_as_an_id(name, given, id_):
    body = whole("Dataset", **{name: given})
    assert keys(draft("Dataset", body)) == {"investigation": 1, "type": 1, "sample": id_}
    change = BODIES.change(SCHEMA.entities["Dataset"], 1, {name: given})
    assert keys(change) == {"sample": id_}


@pytest.mark.parametrize(("name", "given", "reason"), BAD_KEYS, ids=label)
def test_what_can_be_no_id_is_told(name, given, reason):
    body = {key: value for key, value in whole("Dataset").items() if key != name.removesuffix("ID")}
    (place, field, found), *more = told("Dataset", {**body, name: given})
    assert (place, field, more) == ("", name, [])
    assert found.startswith(reason)
    assert told("Dataset", {name: given}, id_=1) == [("", name, found)]


@pytest.mark.parametrize(("name", "reason"), UNKNOWN, ids=label)
def test_an_unknown_key_is_told_with_what_may_be_meant(name, reason):
    (place, field, found), *_ = told("Dataset", whole("Dataset", **{name: 1}))
    assert (place, field) == ("", name)
    assert found.startswith(reason)


@pytest.mark.parametrize("name", check.ASSIGNED)
def test_what_the_server_sets_is_refused_everywhere(name):
    reason = "is set by the server, leave it out"
    assert told("Study", whole("Study", **{name: 1})) == [("", name, reason)]
    assert told("Study", {name: 1}, id_=1) == [("", name, reason)]


def test_a_relation_may_be_given_in_one_form_only():
    found = told("Dataset", whole("Dataset", typeID=1))
    assert found == [("", "typeID", "type is given twice")]


@pytest.mark.parametrize("entity", SCHEMA.entities)
def test_everything_mandatory_is_asked_for_unless_icat_has_a_default(entity):
    owner = SCHEMA.entities[entity]
    wanted = {
        field.name
        for field in owner.fields.values()
        if not field.nullable and field.default is None and field.name not in check.ASSIGNED
    }
    wanted |= {relation.name for relation in owner.to_one if not relation.nullable}
    if wanted:
        found = told(entity, {})
        assert {field for _, field, _ in found} == wanted
        assert {reason for _, _, reason in found} == {"is required"}
    else:
        assert values(draft(entity, {})) == {}
    assert BODIES.change(owner, 1, {}).id == 1


def test_children_are_read_with_their_place_and_their_owner():
    files = [{"name": "a"}, {"name": "b", "parameters": [{"type": 2}]}]
    first, second = drafts("Dataset", [whole("Dataset"), whole("Dataset", datafiles=files)])
    assert [each.place for each in second.walk()] == [
        "[1]", "[1].datafiles[0]", "[1].datafiles[1]", "[1].datafiles[1].parameters[0]",
    ]  # fmt: skip
    assert list(first.walk()) == [first]
    parameter = list(second.walk())[-1]
    assert (parameter.entity.name, parameter.implied, keys(parameter)) == (
        "DatafileParameter", "datafile", {"type": 2},
    )  # fmt: skip
    assert parameter.owner is not None
    assert (parameter.owner.owner, second.owner, second.implied) == (second, None, None)


def test_the_places_below_a_single_object_have_no_number_before_them():
    found = draft("Dataset", whole("Dataset", datafiles=[{"name": "a"}]))
    assert [each.place for each in found.walk()] == ["", "datafiles[0]"]


def test_what_is_created_is_the_tree_of_what_is_answered():
    found = drafts(
        "Investigation",
        [
            whole("Investigation", keywords=[]),
            whole("Investigation", datasets=[{"name": "d", "type": 1, "parameters": []}]),
            whole("Investigation", datasets=[{"name": "d", "type": 1, "datafiles": []}]),
        ],
    )
    tree = [each.relation.name for top in written_tree(found) for each in top.walk()]
    assert tree == ["keywords", "datasets", "parameters", "datafiles"]


def test_a_child_does_not_name_its_owner():
    body = whole("Dataset", datafiles=[{"name": "a", "dataset": 1}, {"name": "b", "datasetID": 1}])
    reason = "follows from where the object stands, leave it out"
    assert told("Dataset", body) == [
        ("datafiles[0]", "dataset", reason),
        ("datafiles[1]", "datasetID", reason),
    ]


@pytest.mark.parametrize("given", [None, 1, "1", True, {}, {"name": "a"}, {"id": 1}], ids=label)
def test_children_come_as_a_list(given):
    found = told("Dataset", whole("Dataset", datafiles=given))
    assert [each[:2] for each in found] == [("", "datafiles")]
    assert found[0][2].startswith("must be a list of objects to create, got ")


@pytest.mark.parametrize("given", [None, 1, "1", True, [], [[]]], ids=label)
def test_items_and_children_are_objects(given):
    reason = f"must be an object, got {shown(given)}"
    assert told("Study", [given]) == [("[0]", "", reason)]
    assert told("Dataset", whole("Dataset", datafiles=[given])) == [("datafiles[0]", "", reason)]
    with pytest.raises(BadRequest, match=r"\[0\]: must be an object"):
        BODIES.changes(SCHEMA.entities["Study"], [given])


@pytest.mark.parametrize("body", [None, 1, 1.5, "x", True, False, ""], ids=label)
def test_a_body_is_an_object_or_a_list(body):
    entity = SCHEMA.entities["Study"]
    for read in (BODIES.creation, BODIES.changes):
        with pytest.raises(BadRequest, match="must be an object or a list of objects, got "):
            read(entity, body)
    with pytest.raises(BadRequest, match="must be a JSON object, got "):
        BODIES.change(entity, 1, body)


def test_the_changes_of_one_object_are_no_list():
    with pytest.raises(BadRequest, match="must be a JSON object, got "):
        BODIES.change(SCHEMA.entities["Study"], 1, [{"name": "a"}])


@pytest.mark.parametrize("given", ["1", 1], ids=label)
def test_a_change_is_found_by_its_id(given):
    (change,) = BODIES.changes(SCHEMA.entities["Study"], {"id": given, "name": "a"})
    assert (change.place, change.id, values(change)) == ("", 1, {"name": "a"})


@pytest.mark.parametrize(
    "given", [None, 0, -1, 1.0, 1.5, "x", "", True, [], {}, 2**63, 2**70], ids=label
)
def test_an_id_that_can_be_none_is_told(given):
    with pytest.raises(BadRequest) as found:
        BODIES.changes(SCHEMA.entities["Study"], [{"id": given}])
    (detail,) = found.value.details or [{}]
    assert (detail["item"], detail["field"]) == ("[0]", "id")
    assert str(detail["reason"]).startswith("must be the whole number of what is to change, got")


def test_ids_are_asked_for_and_told_when_repeated():
    body = [{}, {"id": 5}, {"id": 0}, {"id": "5"}, {"id": 0}]
    with pytest.raises(BadRequest) as found:
        BODIES.changes(SCHEMA.entities["Study"], body)
    places = [(detail["item"], str(detail["reason"])[:40]) for detail in found.value.details or ()]
    must = "must be the whole number of what is to c"
    repeated = ("[3]", "5 is given more than once")
    assert places == [("[0]", must), ("[2]", must), ("[4]", must), repeated]


def test_lists_of_others_cannot_be_changed():
    reason = "is a list of other objects; change those themselves"
    assert told("Dataset", {"datafiles": []}, id_=1) == [("", "datafiles", reason)]


def test_the_first_problem_stands_in_the_message_and_the_others_are_counted():
    with pytest.raises(BadRequest) as found:
        drafts("Study", [{"name": 5}, {"name": 5}, {}])
    message = "[0] name: must be a text, got 5 (and 2 more, see details)"
    assert found.value.message == message


def test_no_more_problems_are_looked_for_than_an_answer_lists():
    with pytest.raises(BadRequest) as found:
        drafts("Study", [0] * 1_000_000)
    assert len(found.value.details or ()) == check.MOST_PROBLEMS == 100
    assert found.value.message.endswith("(and 99 more, see details)")


def test_a_request_has_so_many_objects_at_most(monkeypatch):
    monkeypatch.setattr(check, "MOST_OBJECTS", 5)
    assert len(drafts("DataCollection", [{}] * 5)) == 5
    nested = [{"name": str(n)} for n in range(5)]
    for work in (
        lambda: drafts("DataCollection", [{}] * 6),
        lambda: drafts("Dataset", whole("Dataset", datafiles=nested)),
        lambda: BODIES.changes(SCHEMA.entities["Study"], [{"id": n} for n in range(1, 7)]),
    ):
        with pytest.raises(TooLarge, match="at most 5 objects"):
            work()


def test_long_keys_and_values_are_cut_in_messages():
    found = told("Study", {"n" * 10_000: "x" * 10_000, "name": ["x" * 10_000]})
    assert all(len(text) < 200 for each in found for text in each)


def test_icats_lists_never_lead_in_a_circle():
    def depth(entity: str, above: tuple[str, ...]) -> int:
        assert entity not in above
        below = [r.target for r in SCHEMA.entities[entity].relations.values() if r.is_many]
        return 1 + max((depth(target, (*above, entity)) for target in below), default=0)

    assert max(depth(entity, ()) for entity in SCHEMA.entities) == 7
