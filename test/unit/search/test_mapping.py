"""The mapping file: every form, every fault with its place, and older catalogues."""

import json
from copy import deepcopy
from typing import Any

import pytest

from datagateway_api.core import icat_schema
from datagateway_api.core.errors import ConfigurationError
from datagateway_api.search.binding import bind
from datagateway_api.search.mapping_file import Faults, parse
from datagateway_api.search.panosc import ENTITIES
from datagateway_api.search.parts import checked_mapping, rules_of
from datagateway_api.search.visibility import PUBLIC_BY_DATE
from test.support.searching import BOTH_MAPPING, PANOSC_MAPPING, V10_MAPPING

with open(PANOSC_MAPPING, encoding="utf-8") as _file:
    GOOD: dict[str, Any] = json.load(_file)
SCHEMA = icat_schema.load()


def changed(place: str, value: object) -> dict[str, Any]:
    """Return the mapping with one member changed, or left out when the value is ``...``."""
    mapping = deepcopy(GOOD)
    *above, last = place.split(".")
    part = mapping
    for name in above:
        part = part[name]
    if value is ...:
        del part[last]
    else:
        part[last] = value
    return mapping


def faults_of(mapping: object, tmp_path) -> list[str]:
    file = tmp_path / "mapping.json"
    file.write_text(json.dumps(mapping))
    with pytest.raises(ConfigurationError) as found:
        checked_mapping(str(file))
    return [problem.removeprefix(f"{file}: ") for problem in found.value.problems]


FAULTS = [
    ("Dataset", ..., "must be an object with base_icat_entity"),
    ("Dataset", [], "must be an object with base_icat_entity"),
    ("Nope", {}, "is no PaNOSC class"),
    ("Dataset.nope", "name", "Dataset has: base_icat_entity, pid"),
    ("Dataset.base_icat_entity", ..., "must name an ICAT entity"),
    ("Dataset.base_icat_entity", "Datset", "ICAT has no entity Datset"),
    ("Dataset.base_icat_entity", [5], "must be a path"),
    ("Dataset.pid", ..., "must not be missing or empty"),
    ("Dataset.title", "", "must not be missing or empty"),
    ("Dataset.creationDate", "createTim", 'Dataset has no attribute or relation "createTim"; did'),
    ("Dataset.creationDate", "name", '"name" is a String of ICAT, but must be a date'),
    ("Dataset.size", "name", '"name" is a String of ICAT, but must be a whole number'),
    ("Dataset.title", "type", '"type" is a relation of ICAT; name an attribute behind it'),
    ("Dataset.title", {"a": "b"}, "must be a path"),
    ("Document.type", "typo.name", 'Investigation has no attribute or relation "typo"'),
    ("Dataset.techniques", "technique", 'must be like {"Technique": "path"}'),
    ("Dataset.techniques", {"Sample": "sample"}, 'must be like {"Technique": "path"}'),
    (
        "Dataset.techniques",
        {"Technique": "nope"},
        '"nope" does not lead from Dataset to Technique in ICAT',
    ),
    (
        "Dataset.techniques",
        {"Technique": "sample"},
        '"sample" does not lead from Dataset to Technique',
    ),
    ("Parameter.value", ["numericValue", "type"], '"type" is a relation'),
    ("visibility", [], "must be an object of conditions by ICAT entity"),
    ("visibility.Nope", {"a": 1}, "ICAT has no entity Nope"),
    ("visibility.Dataset", {"nope": 1}, "Dataset has no attribute or relation"),
]


@pytest.mark.parametrize(("place", "value", "fault"), FAULTS)
def test_a_fault_is_told_with_its_place(tmp_path, place, value, fault):
    (found,) = [
        each
        for each in faults_of(changed(place, value), tmp_path)
        if each.startswith(f"{place}: {fault}")
    ]
    assert found


def test_every_fault_is_told_at_once(tmp_path):
    mapping = changed("Dataset.title", "nmae")
    mapping["Document"]["title"] = "titel"
    mapping["Instrument"]["pid"] = "nope"
    places = {fault.partition(":")[0] for fault in faults_of(mapping, tmp_path)}
    assert {"Dataset.title", "Document.title", "Instrument.pid"} <= places


def test_faults_of_the_form_do_not_hide_others_nor_make_further_ones(tmp_path):
    mapping = changed("Dataset.title", "nmae")
    mapping["Dataset"]["colour"] = "red"
    mapping["Member"]["base_icat_entity"] = "InvestigationUsers"
    del mapping["Sample"]
    places = [fault.partition(":")[0] for fault in faults_of(mapping, tmp_path)]
    assert sorted(places) == [
        "Dataset.colour",
        "Dataset.title",
        "Member.base_icat_entity",
        "Sample",
    ]


@pytest.mark.parametrize("content", ["", "{", "[]", "5", "null"])
def test_a_file_that_is_no_mapping_is_refused(tmp_path, content):
    file = tmp_path / "mapping.json"
    file.write_text(content)
    with pytest.raises(ConfigurationError) as found:
        checked_mapping(str(file))
    assert str(file) in found.value.problems[0]


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ConfigurationError, match="cannot be read"):
        checked_mapping(str(tmp_path / "none.json"))


@pytest.mark.parametrize("path", [PANOSC_MAPPING, V10_MAPPING, BOTH_MAPPING, None])
def test_a_right_file_has_no_fault(path):
    assert set(checked_mapping(path).classes) == set(ENTITIES)


def bound(mapping: object, schema=SCHEMA):
    return bind(parse(mapping, Faults()), schema)


def test_alternatives_go_to_the_entity_that_has_them():
    with open(BOTH_MAPPING, encoding="utf-8") as file:
        mapping = bound(json.load(file))
    investigation, publication = mapping.sources["Document"]
    assert [str(path) for path in investigation.attributes["pid"]] == ["doi", "id"]
    assert [str(path) for path in publication.attributes["pid"]] == ["pid", "id"]
    assert publication.attributes["startDate"] == ()
    assert [link.target.icat.name for link in publication.links["members"]] == [
        "DataPublicationUser"
    ]
    dataset = mapping.sources["Dataset"][0]
    assert [link.target for link in dataset.links["documents"]] == [investigation, publication]


def test_a_point_is_the_row_itself():
    with open(BOTH_MAPPING, encoding="utf-8") as file:
        mapping = bound(json.load(file))
    member = mapping.sources["Member"][1]
    assert [len(link.relations) for link in member.links["person"]] == [1, 0]


@pytest.mark.parametrize("version", ["4.4", "4.9", "4.11", "5.0", "6.0"])
def test_what_an_older_catalogue_lacks_is_left_out_in_silence(version):
    schema = icat_schema.as_of(version)
    mapping = bound(GOOD, schema)
    dataset = mapping.sources["Dataset"][0]
    assert dataset.attributes["title"]
    has_size = "fileSize" in schema.entities["Dataset"].fields
    assert bool(dataset.attributes["size"]) is has_size
    assert bool(mapping.sources["Technique"]) is ("Technique" in schema.entities)
    assert bool(dataset.links["techniques"]) is ("Technique" in schema.entities)


def test_the_rules_are_the_files_else_by_date_where_nobody_else_decides():
    silent = parse(changed("visibility", ...), Faults())
    assert rules_of(silent, has_permissions=False) == PUBLIC_BY_DATE
    assert rules_of(silent, has_permissions=True) == {}
    for has_permissions in (True, False):
        open_ = parse(changed("visibility", {}), Faults())
        assert rules_of(open_, has_permissions=has_permissions) == {}
        own = parse(GOOD, Faults())
        assert rules_of(own, has_permissions=has_permissions) == GOOD["visibility"]
