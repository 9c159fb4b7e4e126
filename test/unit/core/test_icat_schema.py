"""The data file of ICAT's entities, and the schema as it was in former releases."""

import pytest

from datagateway_api.core import icat_schema
from datagateway_api.core.entities import FieldType

SCHEMA = icat_schema.load()
ENTITIES = list(SCHEMA.entities.values())
COMMON = {"id", "createId", "createTime", "modId", "modTime"}

ENDPOINTS = {
    "Affiliation": "affiliations",
    "Application": "applications",
    "DataCollection": "datacollections",
    "DataCollectionDatafile": "datacollectiondatafiles",
    "DataCollectionDataset": "datacollectiondatasets",
    "DataCollectionInvestigation": "datacollectioninvestigations",
    "DataCollectionParameter": "datacollectionparameters",
    "DataPublication": "datapublications",
    "DataPublicationDate": "datapublicationdates",
    "DataPublicationFunding": "datapublicationfundings",
    "DataPublicationType": "datapublicationtypes",
    "DataPublicationUser": "datapublicationusers",
    "Datafile": "datafiles",
    "DatafileFormat": "datafileformats",
    "DatafileParameter": "datafileparameters",
    "Dataset": "datasets",
    "DatasetInstrument": "datasetinstruments",
    "DatasetParameter": "datasetparameters",
    "DatasetTechnique": "datasettechniques",
    "DatasetType": "datasettypes",
    "Facility": "facilities",
    "FacilityCycle": "facilitycycles",
    "FundingReference": "fundingreferences",
    "Grouping": "groupings",
    "Instrument": "instruments",
    "InstrumentScientist": "instrumentscientists",
    "Investigation": "investigations",
    "InvestigationFacilityCycle": "investigationfacilitycycles",
    "InvestigationFunding": "investigationfundings",
    "InvestigationGroup": "investigationgroups",
    "InvestigationInstrument": "investigationinstruments",
    "InvestigationParameter": "investigationparameters",
    "InvestigationType": "investigationtypes",
    "InvestigationUser": "investigationusers",
    "Job": "jobs",
    "Keyword": "keywords",
    "ParameterType": "parametertypes",
    "PermissibleStringValue": "permissiblestringvalues",
    "PublicStep": "publicsteps",
    "Publication": "publications",
    "RelatedDatafile": "relateddatafiles",
    "RelatedItem": "relateditems",
    "Rule": "rules",
    "Sample": "samples",
    "SampleParameter": "sampleparameters",
    "SampleType": "sampletypes",
    "Shift": "shifts",
    "Study": "studies",
    "StudyInvestigation": "studyinvestigations",
    "Subject": "subjects",
    "Technique": "techniques",
    "User": "users",
    "UserGroup": "usergroups",
}


def test_every_entity_has_its_endpoint():
    assert {entity.name: entity.endpoint for entity in ENTITIES} == ENDPOINTS


def test_there_are_53_entities():
    assert len(SCHEMA.entities) == len(SCHEMA.endpoints) == 53


def test_the_schema_is_read_once():
    assert icat_schema.load() is SCHEMA


@pytest.mark.parametrize("entity", ENTITIES, ids=lambda entity: entity.name)
def test_every_entity_has_an_id_and_says_who_made_it_when(entity):
    assert set(entity.fields) >= COMMON
    assert entity.fields["id"].column == "ID"
    assert entity.fields["id"].type is FieldType.LONG


@pytest.mark.parametrize("entity", ENTITIES, ids=lambda entity: entity.name)
def test_every_relation_has_a_way_back(entity):
    for relation in entity.relations.values():
        target = SCHEMA.target(relation)
        if relation.inverse is not None:
            back = target.relations[relation.inverse]
            assert back.target == entity.name
            assert back.is_many is not relation.is_many
            assert back.inverse == relation.name
        assert (relation.column is None) is relation.is_many
        assert SCHEMA.foreign_key(relation).endswith("_ID")


@pytest.mark.parametrize("entity", ENTITIES, ids=lambda entity: entity.name)
def test_the_keys_and_the_order_of_an_entity_name_what_it_has(entity):
    assert set(entity.unique) <= set(entity.names)
    for dotted in entity.natural_order:
        here = entity
        *relations, last = dotted.split(".")
        for name in relations:
            here = SCHEMA.target(here.relations[name])
        assert last in here.fields, dotted


@pytest.mark.parametrize("entity", ENTITIES, ids=lambda entity: entity.name)
def test_no_column_is_used_twice(entity):
    columns = [field.column for field in entity.fields.values()]
    columns += [relation.column or "" for relation in entity.to_one]
    assert len(columns) == len(set(columns))


@pytest.mark.parametrize("entity", ENTITIES, ids=lambda entity: entity.name)
def test_texts_have_a_length_and_enums_have_names(entity):
    for field in entity.fields.values():
        assert (field.length is not None) is (field.type is FieldType.TEXT), field.name
        assert bool(field.choices) is (field.type is FieldType.ENUM), field.name


def test_enums_are_in_the_order_of_their_ordinals():
    value_type = SCHEMA.entities["ParameterType"].fields["valueType"]
    assert value_type.choices == ("DATE_AND_TIME", "NUMERIC", "STRING")
    status = SCHEMA.entities["Study"].fields["status"]
    assert status.choices == ("NEW", "IN_PROGRESS", "COMPLETE", "CANCELLED")


@pytest.mark.parametrize(
    ("version", "entity", "name", "is_there"),
    [
        ("4.11", "Dataset", "fileSize", False),
        ("5.0", "Dataset", "fileSize", True),
        ("4.11.1", "Investigation", "fundingReferences", False),
        ("5.0.0", "Investigation", "fundingReferences", True),
        ("4.11", "Investigation", "datasets", True),
        ("6.2", "DataPublication", "subjects", True),
        ("6.1", "DataPublication", "subjects", False),
    ],
)
def test_a_former_release_lacks_what_came_later(version, entity, name, is_there):
    assert (name in icat_schema.as_of(version).entities[entity].names) is is_there


@pytest.mark.parametrize(
    ("version", "absent"),
    [
        ("4.11", {"DataPublication", "Technique", "FundingReference", "Affiliation", "Subject"}),
        ("5.0", {"Subject"}),
        ("6.2", set()),
    ],
)
def test_a_former_release_lacks_whole_entities(version, absent):
    found = icat_schema.as_of(version)
    assert absent.isdisjoint(found.entities)
    assert {SCHEMA.entities[name].endpoint for name in absent}.isdisjoint(found.endpoints)
    targets = {r.target for e in found.entities.values() for r in e.relations.values()}
    assert targets <= set(found.entities)


def test_the_newest_release_is_the_whole_schema():
    newest = icat_schema.as_of(icat_schema.versions()[-1])
    assert {name: e.names for name, e in newest.entities.items()} == {
        name: e.names for name, e in SCHEMA.entities.items()
    }


def test_releases_only_ever_grow():
    names: set[tuple[str, str]] = set()
    for version in icat_schema.versions():
        found = {(e.name, n) for e in icat_schema.as_of(version).entities.values() for n in e.names}
        assert names <= found, version
        names = found


def test_a_short_version_means_its_newest_patch():
    assert icat_schema.as_of("5.0").entities.keys() == icat_schema.as_of("5.0.3").entities.keys()


@pytest.mark.parametrize("version", ["4.3", "1", "0.0.1"])
def test_a_release_before_the_first_known_one_is_refused(version):
    with pytest.raises(ValueError, match="older than"):
        icat_schema.as_of(version)


@pytest.mark.parametrize("version", ["", "five", "5.x", "5..0"])
def test_what_is_no_version_is_refused(version):
    with pytest.raises(ValueError):  # noqa: PT011 the caller words it
        icat_schema.as_of(version)
