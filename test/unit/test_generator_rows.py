"""The generator's rows before they are written."""

import pytest

from datagateway_api.core import icat_schema
from datagateway_api.core.entities import FieldType
from util.icat_db_generator.catalogue import Catalogue
from util.icat_db_generator.size import (
    Size,
    cycle_name,
    cycle_period,
    investigation_period,
    moment,
)
from util.icat_db_generator.source import Source, make_pool

SCHEMA = icat_schema.load()
ENTITIES = sorted(SCHEMA.entities)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue(1, Size(years=1, scale=1))


@pytest.fixture(scope="module")
def source() -> Source:
    return Source(make_pool(1), {"User": 499}, 1, "Example")


@pytest.mark.parametrize(("years", "rows"), [(5, 7899), (20, 22959)])
def test_there_are_as_many_regular_rows_as_version_10_made(years, rows):
    assert sum(Size(years, 1).counts().values()) == rows


def test_scale_multiplies_datafiles_only():
    small, large = Size(2, 1).counts(), Size(2, 7).counts()
    assert large["Datafile"] == 7 * small["Datafile"] == 7 * 719
    assert {**large, "Datafile": 0} == {**small, "Datafile": 0}


@pytest.mark.parametrize(
    ("years", "scale", "named"), [(0, 1, "years"), (501, 1, "years"), (1, 0, "scale")]
)
def test_a_size_out_of_range_is_refused_by_name(years, scale, named):
    with pytest.raises(ValueError, match=f"{named} must be from 1 to "):
        Size(years, scale)


def test_years_that_could_overrun_the_calendar_are_still_dates():
    assert cycle_period(Size(500, 1).counts()["FacilityCycle"]).end.year == 2499


@pytest.mark.parametrize(
    ("number", "start", "end"),
    [
        (1, "2000-04-03", "2000-07-09"),
        (3, "2000-08-05", "2000-11-19"),
        (59, "2014-08-05", "2014-11-19"),
        (80, "2000-02-02", "2000-05-04"),
    ],
)
def test_an_investigation_takes_place_in_the_quarter_of_its_number(number, start, end):
    period = investigation_period(number)
    assert (period.start, period.end) == (moment(start), moment(end))


def test_a_cycle_is_named_after_its_year_and_quarter_and_spans_its_investigations():
    assert cycle_name(1) == "2000 cycle 2"
    assert cycle_name(20) == "2005 cycle 1"
    assert cycle_period(20).start < investigation_period(20).start
    assert cycle_period(20).end > investigation_period(20).end


def test_an_isbn_checks_and_none_repeats(source):
    isbns = [source.isbn(number) for number in range(5000)]
    assert len(set(isbns)) == len(isbns)
    for isbn in isbns[:50]:
        digits = [10 if c == "X" else int(c) for c in isbn if c != "-"]
        assert len(digits) == 10
        assert sum(weight * d for weight, d in zip(range(10, 0, -1), digits, strict=True)) % 11 == 0


def test_an_orcid_checks(source):
    for orcid in [source.orcid() for _ in range(50)]:
        total = 0
        for digit in orcid.replace("-", "")[:-1]:
            total = (total + int(digit)) * 2
        assert orcid[-1] == "0123456789X"[(12 - total % 11) % 11]
        assert len(orcid) == 19


def test_random_numbers_reach_both_bounds_and_stay_within(source):
    assert {source.number(3, 5) for _ in range(200)} == {3, 4, 5}


@pytest.mark.parametrize("name", ENTITIES)
def test_rows_have_only_attributes_that_exist_and_all_that_are_needed(catalogue, name):
    entity = SCHEMA.entities[name]
    made = {"id", "createId", "createTime", "modId", "modTime"}
    needed = {f.name for f in entity.fields.values() if not f.nullable} - made
    needed |= {r.name for r in entity.to_one if not r.nullable}
    known = (set(entity.fields) - made) | {r.name for r in entity.to_one}
    rows = list(catalogue.rows(name))
    assert rows
    for _, row in rows:
        assert set(row) <= known
        assert needed <= {key for key, value in row.items() if value is not None}


@pytest.mark.parametrize("name", ENTITIES)
def test_texts_fit_and_choices_exist(catalogue, name):
    for field in SCHEMA.entities[name].fields.values():
        values = [row[field.name] for _, row in catalogue.rows(name) if row.get(field.name)]
        if field.type is FieldType.TEXT:
            assert all(len(value) <= (field.length or 0) for value in values)
        if field.choices:
            assert set(values) <= set(field.choices)


@pytest.mark.parametrize("name", [n for n in ENTITIES if SCHEMA.entities[n].unique])
def test_unique_keys_differ_by_more_than_case(catalogue, name):
    unique = SCHEMA.entities[name].unique
    keys = [tuple(str(row[part]).casefold() for part in unique) for _, row in catalogue.rows(name)]
    assert len(set(keys)) == len(keys)
