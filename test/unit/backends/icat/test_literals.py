"""Values in ICAT's query language are quoted in one place, whatever they hold."""

from datetime import UTC
from zoneinfo import ZoneInfo

import pytest

from datagateway_api.backends.icat.jpql.literals import literal, moment, quoted
from datagateway_api.core import icat_schema
from datagateway_api.core.dates import parse
from test.contract.hostile import HOSTILE

SCHEMA = icat_schema.load()
BERLIN = ZoneInfo("Europe/Berlin")


def field(dotted):
    entity, name = dotted.split(".")
    return SCHEMA.entities[entity].fields[name]


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_is_one_literal_that_means_itself(text):
    found = quoted(text)
    inside = found[1:-1]
    assert found[0] == found[-1] == "'"
    assert inside.replace("''", "") == text.replace("'", ""), "a lone apostrophe would end it"
    assert inside.replace("''", "'") == text


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("Investigation.title", "it's o.name", "'it''s o.name'"),
        ("Investigation.id", 5, "5"),
        ("Datafile.fileSize", -(2**63), "'-9223372036854775808'"),
        ("DatasetParameter.numericValue", 0.1, "'0.1'"),
        ("DatasetParameter.numericValue", 1e-05, "'1e-05'"),
        ("DatasetParameter.numericValue", 5.0, "'5.0'"),
        ("Dataset.complete", True, "TRUE"),
        ("Dataset.complete", False, "FALSE"),
        ("ParameterType.valueType", "NUMERIC", "org.icatproject.ParameterValueType.NUMERIC"),
        ("Study.status", "IN_PROGRESS", "org.icatproject.StudyStatus.IN_PROGRESS"),
        ("Dataset.startDate", parse("2020-02-29 12:00"), "{ts 2020-02-29 12:00:00}"),
    ],
)
def test_a_value_is_written_by_its_type(name, value, wanted):
    assert literal(field(name), value, UTC) == wanted


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (parse("2020-01-01"), "{ts 2020-01-01 01:00:00}"),
        (parse("2020-07-01"), "{ts 2020-07-01 02:00:00}"),
        (parse("2020-07-01 00:00:00.25"), "'2020-07-01 02:00:00.250000'"),
        (parse("2020-07-01 00:00:00.000001"), "'2020-07-01 02:00:00.000001'"),
        (parse("9999-12-31 23:59:59"), "{ts 9999-12-31 23:59:59}"),
    ],
)
def test_a_date_is_written_in_the_time_zone_of_icats_server(value, wanted):
    assert moment(value, BERLIN) == wanted


def test_a_year_has_four_digits():
    assert moment(parse("0001-01-01"), UTC) == "{ts 0001-01-01 00:00:00}"
