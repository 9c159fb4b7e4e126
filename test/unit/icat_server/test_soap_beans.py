from datetime import datetime
from typing import Any

import pytest
from lxml import etree

from datagateway_api.core import icat_schema
from util.icat_server.beans import Bean, Scalar
from util.icat_server.errors import IcatError, Kind
from util.icat_server.soap import text
from util.icat_server.soap.answers import answer
from util.icat_server.soap.beans import BeanWriter
from util.icat_server.soap.envelope import ENVELOPE
from util.icat_server.soap.faults import icat_fault
from util.icat_server.soap.xsd import schema_document

SCHEMA = icat_schema.load()
NOW = datetime.fromisoformat("2023-11-14T22:13:20.123999")
SYSTEM: dict[str, Any] = {"id": 1, "createId": "a", "createTime": NOW, "modId": "b", "modTime": NOW}


def bean(name, values=None, **related):
    entity = SCHEMA.entities[name]
    made = Bean(entity, {**dict.fromkeys(entity.fields), **SYSTEM, **(values or {})})
    for relation, other in related.items():
        (made.manys if isinstance(other, list) else made.ones)[relation] = other
    return made


def written(*rows):
    return BeanWriter(SCHEMA).rows(rows)


def inside(text_):
    """The content of a ``return`` element, without the system's attributes."""
    return text_.partition(f"<modTime>{text.moment(NOW)}</modTime>")[2].removesuffix("</return>")


def test_a_bean_has_its_type_and_what_is_not_null():
    found = written(bean("Facility", {"name": "ESNF", "daysUntilRelease": 5}))
    assert found == (
        '<return xsi:type="ns2:facility"><createId>a</createId>'
        "<createTime>2023-11-14T22:13:20.123Z</createTime><id>1</id><modId>b</modId>"
        "<modTime>2023-11-14T22:13:20.123Z</modTime>"
        "<daysUntilRelease>5</daysUntilRelease><name>ESNF</name></return>"
    )


def test_what_is_never_null_in_java_is_always_there():
    assert inside(written(bean("Dataset"))) == (
        "<complete>false</complete><fileCount>0</fileCount><fileSize>0</fileSize>"
    )


def test_related_objects_stand_among_the_attributes_without_a_type():
    facility = bean("Facility", {"name": "f"})
    found = written(bean("InvestigationType", {"name": "t"}, facility=facility, investigations=[]))
    assert inside(found).startswith("<facility><createId>a</createId>")
    assert inside(found).endswith("</facility><name>t</name>")


def test_a_null_among_the_results_is_left_out_and_in_a_tuple_kept():
    assert written(None, Scalar(3, "long"), None) == '<return xsi:type="xs:long">3</return>'
    assert written((None, Scalar("a", "string"))) == (
        '<return xsi:type="ns2:fieldSet"><fields xsi:nil="true"/>'
        '<fields xsi:type="xs:string">a</fields></return>'
    )


@pytest.mark.parametrize(
    ("scalar", "content"),
    [
        (Scalar(3, "int"), 'xs:int">3'),
        (Scalar(1e300, "double"), 'xs:double">1.0E300'),
        (Scalar(True, "boolean"), 'xs:boolean">true'),
        (Scalar(NOW, "dateTime"), 'xs:dateTime">2023-11-14T22:13:20.123Z'),
        (Scalar("NUMERIC", "parameterValueType"), 'ns2:parameterValueType">NUMERIC'),
        (Scalar("<&>", "string"), 'xs:string">&lt;&amp;&gt;'),
    ],
)
def test_a_scalar_has_its_type(scalar, content):
    assert written(scalar) == f'<return xsi:type="{content}</return>'


@pytest.mark.parametrize(
    ("value", "content"),
    [
        ("naïve 李雷 🜚", "naïve 李雷 🜚"),
        ("a\r\nb\tc", "a&#13;\nb\tc"),
        ("a\x00b\x1fc\ud800d\uffff", "a�b�c�d�"),
        ("]]>", "]]&gt;"),
    ],
)
def test_any_text_becomes_xml(value, content):
    assert text.escape(value) == content
    etree.fromstring(f"<a>{content}</a>")


@pytest.mark.parametrize(
    ("number", "content"),
    [
        (1.5, "1.5"),
        (-0.0, "-0.0"),
        (3, "3.0"),
        (1e300, "1.0E300"),
        (1.25e-7, "1.25E-7"),
        (float("inf"), "INF"),
        (float("nan"), "NaN"),
    ],
)
def test_a_number_is_written_as_java_does(number, content):
    assert text.double(number) == content


def test_answers_with_every_entity_are_valid_by_the_schema():
    schema = etree.XMLSchema(etree.fromstring(schema_document(SCHEMA)))
    rows = [full(name) for name in SCHEMA.entities]
    rows.append((Scalar(1, "long"), None, Scalar(NOW, "dateTime")))
    document = etree.fromstring(answer("search", written(*rows)))
    schema.assertValid(document[0][0])


def full(name):
    """A bean with a value for each attribute and an object for each relation."""
    entity = SCHEMA.entities[name]
    values = {
        field.name: field.choices[0] if field.choices else VALUES[field.type.value]
        for field in entity.fields.values()
    }
    related = {
        relation.name: [bean(relation.target)] if relation.is_many else bean(relation.target)
        for relation in entity.relations.values()
    }
    return bean(name, values, **related)


VALUES = {"String": "x", "Long": 2**62, "Integer": 7, "Double": 1.5, "Boolean": True, "Date": NOW}


def test_a_fault_tells_message_offset_and_type():
    fault = etree.fromstring(icat_fault(IcatError(Kind.VALIDATION, "a < b", 3)))[0][0]
    assert fault.tag == f"{{{ENVELOPE}}}Fault"
    assert fault.findtext("faultcode") == "S:Server"
    assert fault.findtext("faultstring") == "a < b"
    [detail] = fault.findall("detail/{http://icatproject.org}IcatException")
    assert [(child.tag, child.text) for child in detail] == [
        ("message", "a < b"),
        ("offset", "3"),
        ("type", "VALIDATION"),
    ]
