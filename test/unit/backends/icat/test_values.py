"""Values of ICAT's answers, XML or JSON, come in the forms of the API, byte by byte."""

import pytest
from lxml import etree

from datagateway_api.backends.icat.records import shape_of, tuple_of_element
from datagateway_api.backends.icat.soap import text_xml
from datagateway_api.backends.icat.values import JSON, XML, body_of, wire_date
from datagateway_api.core import icat_schema
from datagateway_api.core.entities import FieldType
from datagateway_api.core.errors import BadRequest
from datagateway_api.core.query.model import Include

SCHEMA = icat_schema.load()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2023-11-14T22:13:20Z", "2023-11-14 22:13:20+00:00"),
        ("2023-11-14T22:13:20.000Z", "2023-11-14 22:13:20+00:00"),
        ("2023-11-14T22:13:20.120Z", "2023-11-14 22:13:20.120000+00:00"),
        ("2023-11-14T23:13:20.123+01:00", "2023-11-14 22:13:20.123000+00:00"),
        ("2023-11-14T22:13:20+00:00", "2023-11-14 22:13:20+00:00"),
        ("2023-01-01T00:30:00+01:00", "2022-12-31 23:30:00+00:00"),
        ("0001-01-01T00:00:00Z", "0001-01-01 00:00:00+00:00"),
        ("9999-12-31T23:59:59Z", "9999-12-31 23:59:59+00:00"),
        ("0001-01-01T00:00:00+01:00", "0001-01-01 00:00:00+00:00"),
    ],
)
def test_a_date_is_answered_in_utc_with_microseconds_or_none(text, wanted):
    assert wire_date(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("0.1", b"0.1"),
        ("5.0", b"5.0"),
        ("1.0E300", b"1e+300"),
        ("1.0E22", b"1e+22"),
        ("2.2250738585072014E-308", b"2.2250738585072014e-308"),
        ("-273.15", b"-273.15"),
        ("NaN", b"null"),
        ("INF", b"null"),
    ],
)
def test_a_double_is_written_as_python_writes_it(text, wanted):
    assert body_of([XML[FieldType.DOUBLE](text)]) == b"[" + wanted + b"]"
    assert body_of([JSON[FieldType.DOUBLE](float(text))]) == b"[" + wanted + b"]"


def test_rows_from_xml_and_json_are_the_same_with_nulls_in_their_places():
    entity = SCHEMA.entities["Dataset"]
    includes = tuple(Include(entity.relations[name]) for name in ("datafiles", "sample", "type"))
    shape = shape_of(SCHEMA, entity, (), includes)
    element = etree.fromstring(
        "<return><complete>true</complete><datafiles><id>7</id><fileSize>5</fileSize></datafiles>"
        "<datafiles><fileSize>0</fileSize><id>3</id></datafiles><description/><id>1</id>"
        "<name>a &amp; b</name><startDate>2020-01-01T00:00:00Z</startDate><unknown>x</unknown>"
        "<type><id>2</id><name>raw</name></type></return>"
    )
    found = {
        "id": 1,
        "name": "a & b",
        "complete": True,
        "description": "",
        "startDate": "2020-01-01T00:00:00.000Z",
        "datafiles": [{"id": 7, "fileSize": 5}, {"id": 3, "fileSize": 0}],
        "type": {"id": 2, "name": "raw"},
        "unknown": "x",
    }
    row = shape.of_element(element)
    assert body_of([row]) == body_of([shape.of_object(found)])
    assert list(row) == [*entity.fields, "datafiles", "sample", "type"]
    assert [file["id"] for file in row["datafiles"]] == [3, 7]
    assert (row["doi"], row["sample"], row["description"]) == (None, None, "")
    assert row["type"]["description"] is None


def test_a_row_of_several_values_tells_null_from_empty():
    item = etree.fromstring(
        '<return xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        '<fields xsi:nil="true"/><fields/><fields>5</fields></return>'
    )
    readers = [XML[FieldType.TEXT], XML[FieldType.TEXT], XML[FieldType.LONG]]
    assert tuple_of_element(readers, item) == [None, "", 5]


@pytest.mark.parametrize("char", ["\x00", "\x01", "\x1f", "\ufffe", "\uffff", "\ud800"])
def test_a_character_that_xml_cannot_carry_is_refused(char):
    with pytest.raises(BadRequest, match=r"cannot take the character U\+"):
        text_xml(f"a{char}b")


@pytest.mark.parametrize(
    "text", ["<a> & 'b' \"c\" ]]>", "tab\tline\nreturn\r", "\x7f\x85\u2028", "\U0010ffff"]
)
def test_any_other_text_comes_through_xml_as_it_is(text):
    assert etree.fromstring(f"<a>{text_xml(text)}</a>".encode()).text == text
