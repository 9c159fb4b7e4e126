import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from datagateway_api.core import icat_schema
from util.icat_server.contract import OPERATIONS
from util.icat_server.entity_info import entity_info
from util.icat_server.errors import IcatError, Kind
from util.icat_server.soap.wsdl import wsdl_document
from util.icat_server.soap.xsd import schema_document

RECORDED = Path(__file__).parents[4] / "shared" / "data"
RECORDED_AT = "http://127.0.0.1:18297"
SCHEMA = icat_schema.load()

needs_recordings = pytest.mark.skipif(
    not RECORDED.exists(), reason="the recordings of a real ICAT are not beside this clone"
)


def canonical(element: ElementTree.Element, unordered: tuple[str, ...]):
    """An element with its content; where order means nothing, in an order of its own."""
    tag = element.tag.rpartition("}")[2]
    below = [canonical(child, unordered) for child in element]
    if tag in unordered:
        below = sorted(below)
    return tag, tuple(sorted(element.attrib.items())), tuple(below)


@needs_recordings
def test_the_schema_holds_what_a_real_icat_says():
    unordered = ("schema",)
    recorded = canonical(ElementTree.parse(RECORDED / "icat_6.2.xsd").getroot(), unordered)
    generated = canonical(ElementTree.fromstring(schema_document(SCHEMA)), unordered)
    assert generated == recorded


@needs_recordings
def test_the_wsdl_holds_what_a_real_icat_says():
    unordered = ("definitions", "portType", "binding")
    recorded = canonical(ElementTree.parse(RECORDED / "icat_6.2.wsdl").getroot(), unordered)
    generated = canonical(ElementTree.fromstring(wsdl_document(RECORDED_AT)), unordered)
    assert generated == recorded


def recorded_info():
    path = RECORDED / "entity_info.json"
    return json.loads(path.read_text())["entityInfo"] if path.exists() else {}


@needs_recordings
def test_an_entitys_fields_and_keys_are_those_that_a_real_icat_tells():
    recorded = recorded_info()
    assert len(recorded) == 55
    for name, facts in recorded.items():
        found = entity_info(SCHEMA, name)
        assert [field_facts(field) for field in found.fields] == [
            {key: value for key, value in field.items() if key != "comment"}
            for field in facts["fields"]
        ]
        keys = [tuple(each["fieldNames"]) for each in facts.get("constraints", ())]
        assert keys == ([found.unique] if found.unique else [])
        assert ("classComment" in facts) == (found.comment is not None)


def field_facts(field):
    facts = {
        "name": field.name,
        "relType": field.rel_type,
        "type": field.type,
        "notNullable": field.is_not_nullable,
    }
    return facts if field.length is None else {**facts, "stringLength": field.length}


def test_every_operation_stands_in_all_parts_of_the_wsdl():
    text = wsdl_document("http://icat.example.org:8080").decode()
    for operation in OPERATIONS:
        assert text.count(f'<operation name="{operation.name}">') == 2
        assert text.count(f'element="tns:{operation.name}"') == 1
    assert 'location="http://icat.example.org:8080/ICATService/ICAT"' in text
    assert 'schemaLocation="http://icat.example.org:8080/ICATService/ICAT?xsd=1"' in text


def test_what_is_no_entity_is_refused_by_its_name():
    with pytest.raises(IcatError, match=r"^Präparat is not an ICAT entity$") as caught:
        entity_info(SCHEMA, "Präparat")
    assert caught.value.kind is Kind.BAD_PARAMETER
