from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from lxml import etree

from datagateway_api.core import icat_schema
from util.icat_server.soap.reading import BeanReader, UnreadableBean, read_moment

SCHEMA = icat_schema.load()
BERLIN = ZoneInfo("Europe/Berlin")
moment = datetime.fromisoformat
XSI = "http://www.w3.org/2001/XMLSchema-instance"


def read(content, type_="n:dataset"):
    text = (
        f'<bean xmlns:xsi="{XSI}" xmlns:n="http://icatproject.org" xsi:type="{type_}">'
        f"{content}</bean>"
    )
    return BeanReader(SCHEMA, BERLIN).bean(etree.fromstring(text))


def test_a_bean_has_what_was_sent():
    bean = read(
        "<id>5</id><name>x</name><complete>true</complete><description/>"
        "<investigation><id>7</id></investigation>"
        "<datafiles><name>a</name></datafiles><datafiles><name>b</name></datafiles>"
    )
    assert bean.entity.name == "Dataset"
    assert bean.values == {"id": 5, "name": "x", "complete": True, "description": ""}
    assert bean.ones["investigation"].values == {"id": 7}
    assert [child.values["name"] for child in bean.manys["datafiles"]] == ["a", "b"]


@pytest.mark.parametrize(
    ("content", "name", "value"),
    [
        ("<fileSize> 12 </fileSize>", "fileSize", 12),
        ("<fileSize>twelve</fileSize>", "fileSize", None),
        ("<fileSize>99999999999999999999</fileSize>", "fileSize", None),
        ("<complete>1</complete>", "complete", True),
        ("<complete>maybe</complete>", "complete", False),
        ("<startDate>2007-01-01T00:00:00</startDate>", "startDate", moment("2006-12-31T23:00:00")),
        ("<startDate>2007-07-01</startDate>", "startDate", moment("2007-06-30T22:00:00")),
        ("<startDate>2007-01-01T00:00:00Z</startDate>", "startDate", moment("2007-01-01T00:00:00")),
        (
            "<startDate>2007-01-01T00:00:00.25+05:30</startDate>",
            "startDate",
            moment("2006-12-31T18:30:00.250000"),
        ),
        ("<startDate>yesterday</startDate>", "startDate", None),
        ("<startDate>0001-01-01T00:00:00+10:00</startDate>", "startDate", None),
    ],
)
def test_a_value_is_read_by_its_attribute(content, name, value):
    assert read(content).values == {name: value}


@pytest.mark.parametrize(
    ("content", "value"), [("NUMERIC", "NUMERIC"), ("numeric", None), ("COMPLEX", None)]
)
def test_an_unknown_word_of_an_enum_is_null(content, value):
    assert read(f"<valueType>{content}</valueType>", "n:parameterType").values == {
        "valueType": value
    }


@pytest.mark.parametrize("content", ["<numericValue>NaN</numericValue>", "<error>INF</error>"])
def test_a_number_that_no_database_holds_is_null(content):
    assert list(read(content, "n:datasetParameter").values.values()) == [None]


def test_what_is_unknown_or_nil_is_ignored():
    bean = read(f'<colour>red</colour><name xmlns:xsi="{XSI}" xsi:nil="true"/>')
    assert bean.values == {}


@pytest.mark.parametrize("type_", ["n:nonsense", "dataset", "n:entityBaseBean", "x:dataset", ""])
def test_a_bean_of_no_known_type_is_refused(type_):
    with pytest.raises(UnreadableBean, match="entityBaseBean"):
        read("", type_)


def test_a_moment_that_falls_into_summer_time_is_read_as_such():
    assert read_moment("2020-07-01T12:00:00", BERLIN) == moment("2020-07-01T10:00:00")
    assert read_moment("2020-07-01T12:00:00", UTC) == moment("2020-07-01T12:00:00")
