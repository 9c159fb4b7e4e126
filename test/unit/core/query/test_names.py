"""From dotted names to fields and relations."""

import pytest

from datagateway_api.core import icat_schema
from datagateway_api.core.errors import BadFilter
from datagateway_api.core.query.names import Names

SCHEMA = icat_schema.load()
NAMES = Names(SCHEMA, max_depth=4)


def path(entity: str, dotted: str):
    return NAMES.path(SCHEMA.entities[entity], dotted)


@pytest.mark.parametrize(
    ("entity", "dotted", "found"),
    [
        ("Investigation", "name", "name"),
        ("Investigation", "NAME", "name"),
        ("Investigation", "visitid", "visitId"),
        ("Investigation", "type.name", "type.name"),
        ("Investigation", "investigationUsers.user.name", "investigationUsers.user.name"),
        ("Investigation", "INVESTIGATIONUSERS.User.Name", "investigationUsers.user.name"),
        ("Investigation", "investigationUser.role", "investigationUsers.role"),
        (
            "Investigation",
            "investigationInstrument.instrument.id",
            "investigationInstruments.instrument.id",
        ),
        ("Investigation", "INVESTIGATIONTYPE.name", "type.name"),
        ("Investigation", "investigationtypes.name", "type.name"),
        ("Investigation", "Facility.name", "facility.name"),
        ("Investigation", "facilities.name", "facility.name"),
        ("Investigation", "sample.name", "samples.name"),
        ("Study", "studyInvestigation.id", "studyInvestigations.id"),
        ("Facility", "facilityCycle.name", "facilityCycles.name"),
        ("Dataset", "sample.type.facility.name", "sample.type.facility.name"),
    ],
)
def test_a_path_is_found_however_it_is_spelt(entity, dotted, found):
    assert str(path(entity, dotted)) == found


@pytest.mark.parametrize(
    ("entity", "dotted", "found", "ends_in_relation"),
    [
        ("Investigation", "type", "type.id", True),
        ("Investigation", "type.id", "type.id", False),
        ("Investigation", "facilityID", "facility.id", False),
        ("Investigation", "facilityId", "facility.id", False),
        ("Dataset", "sample.investigationID", "sample.investigation.id", False),
        ("Investigation", "datasets", "datasets.id", True),
        ("Datafile", "dataset.investigation", "dataset.investigation.id", True),
    ],
)
def test_a_path_that_names_a_relation_means_its_id(entity, dotted, found, ends_in_relation):
    step = path(entity, dotted)
    assert (str(step), step.ends_in_relation) == (found, ends_in_relation)


def test_an_attribute_that_ends_in_id_is_itself():
    assert path("Investigation", "visitId").relations == ()
    assert path("Datafile", "createId").field.name == "createId"


def test_a_path_knows_where_it_goes_to_many_rows():
    assert path("Investigation", "datasets.datafiles.name").many == (1, 2)
    assert path("Datafile", "dataset.investigation.keywords.name").many == (3,)
    assert path("Datafile", "dataset.name").many == ()


@pytest.mark.parametrize(
    ("entity", "dotted", "fragments"),
    [
        ("Investigation", "nam", ["Investigation has no", '"nam"', "did you mean name"]),
        ("Investigation", "tpye.name", ["Investigation has no", '"tpye" in "tpye.name"', "type"]),
        ("Investigation", "type.nam", ["InvestigationType has no", '"nam" in "type.nam"']),
        ("Investigation", "", ['Investigation has no attribute or relation ""']),
        ("Investigation", ".", ['""']),
        ("Investigation", "type.", ["InvestigationType has no"]),
        ("Investigation", ".name", ["Investigation has no"]),
        ("Investigation", "type..name", ["InvestigationType has no"]),
        ("Investigation", "name.length", ["Investigation.name is an attribute", "nothing can"]),
        ("Investigation", "datasetsID", ["Investigation has no", '"datasetsID"']),
        ("Investigation", "id; DROP TABLE x", ["Investigation has no"]),
        ("Investigation", "__class__", ["Investigation has no"]),
        ("Investigation", "n" * 5000, ["Investigation has no", "…"]),
        ("Datafile", "datafile.name", ["Datafile has no"]),
        ("Investigation", "ID" * 30, ["Investigation has no"]),
    ],
)
def test_an_unknown_name_is_refused_with_its_place_and_near_misses(entity, dotted, fragments):
    with pytest.raises(BadFilter) as caught:
        path(entity, dotted)
    message = caught.value.message
    assert [part for part in fragments if part not in message] == []
    assert len(message) < 300


def test_a_target_to_which_two_relations_lead_is_no_name():
    relations = SCHEMA.entities["RelatedDatafile"].relations.values()
    assert [relation.target for relation in relations] == ["Datafile", "Datafile"]
    with pytest.raises(BadFilter):
        path("RelatedDatafile", "datafile.name")


def test_a_path_may_be_as_deep_as_the_setting_says():
    deep = "dataset.investigation.type.facility.name"
    assert str(path("Datafile", deep)) == deep
    with pytest.raises(BadFilter, match=r"more than 4 relations.*max_path_depth"):
        path("Datafile", "dataset.investigation.type.facility.instruments.name")


def test_a_path_is_looked_for_once():
    assert path("Investigation", "type.name") is path("Investigation", "type.name")


def test_a_relation_is_wanted_where_an_attribute_stands():
    with pytest.raises(BadFilter, match="an attribute, not a relation; the relations of Keyword"):
        NAMES.relation(SCHEMA.entities["Keyword"], "name", "keywords.name")


def test_an_entity_without_relations_says_so():
    with pytest.raises(BadFilter, match="the relations of PublicStep are: none"):
        NAMES.relation(SCHEMA.entities["PublicStep"], "origin", "origin")


def test_an_attribute_is_wanted_where_a_relation_stands():
    with pytest.raises(BadFilter, match="a relation of Keyword, not an attribute; use include"):
        NAMES.field(SCHEMA.entities["Keyword"], "investigation")


def test_every_name_of_the_schema_finds_itself():
    for entity in SCHEMA.entities.values():
        for name in entity.names:
            assert NAMES.step(entity, name, name).name == name
            assert NAMES.step(entity, name.upper(), name).name == name


def test_a_former_release_lacks_names_that_the_newest_has():
    old = icat_schema.as_of("4.11")
    with pytest.raises(BadFilter, match='Dataset has no attribute or relation "fileCount"'):
        Names(old, max_depth=4).path(old.entities["Dataset"], "fileCount")
