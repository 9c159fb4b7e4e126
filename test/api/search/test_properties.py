"""What holds for every filter: counts agree with lists, conditions only narrow, pages partition."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from test.support import panosc
from test.support.reference_data import INSTRUMENTS, fixture
from test.support.searching import BOTH_MAPPING, Asking, search_app

WORDS = st.sampled_from(
    [
        "PaNOSC",
        "Test",
        "1",
        "2",
        "proposal",
        "Cu",
        "celsius",
        "K",
        "nm",
        "x-ray absorption",
        "o",
        "",
    ]
)
DATES = st.sampled_from(["2020-05-05T15:01:02.341Z", "2020-01-01", "2019", "2021-06", "2020-05-06"])
TEXT_TESTS = st.one_of(
    WORDS,
    st.none(),
    st.fixed_dictionaries({"like": WORDS}),
    st.fixed_dictionaries({"nilike": WORDS}),
    st.fixed_dictionaries({"neq": st.one_of(WORDS, st.none())}),
    st.fixed_dictionaries({"gte": WORDS, "lt": WORDS}),
    st.fixed_dictionaries({"inq": st.lists(WORDS, max_size=3)}),
    st.fixed_dictionaries({"nin": st.lists(st.one_of(WORDS, st.none()), max_size=3)}),
    st.fixed_dictionaries({"regexp": st.sampled_from(["^P", "/test/i", "[12]$"])}),
)
DATE_TESTS = st.one_of(
    DATES,
    st.fixed_dictionaries({"between": st.tuples(DATES, DATES).map(list)}),
    st.fixed_dictionaries({"neq": DATES}),
    st.fixed_dictionaries({"lte": DATES}),
)
NUMBER_TESTS = st.one_of(
    st.integers(-1, 2000),
    st.sampled_from(["20", "Cu", 293.15, 1064]),
    st.fixed_dictionaries({"gte": st.sampled_from([0, "20", 250.5])}),
    st.fixed_dictionaries({"nin": st.lists(st.sampled_from([20, "Cu", 930]), max_size=2)}),
)
SIZE_TESTS = st.one_of(
    st.integers(-1, 200),
    st.fixed_dictionaries({"gte": st.sampled_from([0, "20", 1])}),
    st.fixed_dictionaries({"neq": st.just(0)}),
)
FIELDS: dict[str, dict[str, Any]] = {
    "Datasets": {
        "pid": TEXT_TESTS,
        "title": TEXT_TESTS,
        "creationDate": DATE_TESTS,
        "size": SIZE_TESTS,
        "isPublic": st.booleans(),
        "documents.title": TEXT_TESTS,
        "techniques.name": TEXT_TESTS,
        "instrument.name": st.sampled_from(INSTRUMENTS),
        "parameters.value": NUMBER_TESTS,
        "text": WORDS,
    },
    "Documents": {
        "title": TEXT_TESTS,
        "type": TEXT_TESTS,
        "summary": TEXT_TESTS,
        "keywords": TEXT_TESTS,
        "releaseDate": DATE_TESTS,
        "members.role": TEXT_TESTS,
        "members.person.fullName": TEXT_TESTS,
        "datasets.parameters.unit": TEXT_TESTS,
        "datasets.files.name": TEXT_TESTS,
        "text": WORDS,
    },
}


def wheres(root: str) -> st.SearchStrategy[dict[str, Any]]:
    """Return conditions on one root, nested to any depth."""
    leaves = st.one_of(
        *(st.fixed_dictionaries({name: tests}) for name, tests in FIELDS[root].items()),
        st.fixed_dictionaries({}, optional=FIELDS[root]),
    ).filter(bool)
    return st.recursive(
        leaves,
        lambda below: st.one_of(
            *(
                st.fixed_dictionaries({word: st.lists(below, min_size=1, max_size=3)})
                for word in ("and", "or", "nor")
            )
        ),
        max_leaves=6,
    )


SANS = "20.500.12269/panosc-tech1"
IN_NM = {"relation": "parameters", "scope": {"where": {"unit": "nm"}}}
INCLUDES: dict[str, list[object]] = {
    "Datasets": [
        {"relation": "techniques", "scope": {"where": {"name": "x-ray absorption"}}},
        {"relation": "techniques", "scope": {"where": {"pid": {"neq": SANS}}}},
        {"relation": "parameters", "scope": {"where": {"value": {"gt": 10}, "unit": "K"}}},
        {"relation": "files", "scope": {"where": {"text": "file1"}}},
        "documents",
    ],
    "Documents": [
        {"relation": "members", "scope": {"where": {"role": "owner"}}},
        {"relation": "datasets", "scope": {"include": [IN_NM]}},
        {"relation": "parameters", "scope": {"where": {"name": "wavelength"}}},
        "datasets",
    ],
}

ASKED = st.sampled_from(["Datasets", "Documents"]).flatmap(
    lambda root: st.tuples(
        st.just(root),
        wheres(root),
        wheres(root),
        st.lists(st.sampled_from(INCLUDES[root]), max_size=2),
    )
)
AT_MOST = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def search(tmp_path_factory: pytest.TempPathFactory) -> Asking:
    url = f"sqlite:///{tmp_path_factory.mktemp('properties')}/catalogue.db"
    panosc.fill(url, fixture())
    return Asking(search_app(url, mapping_file=BOTH_MAPPING))


@AT_MOST
@given(ASKED)
def test_a_count_is_the_length_of_the_unlimited_list(search, asked):
    root, where, _, _ = asked
    assert search.count(f"/{root}", where) == len(search.rows(f"/{root}", {"where": where}))


@AT_MOST
@given(ASKED)
def test_a_further_condition_never_adds_rows(search, asked):
    root, where, more, include = asked
    rows = search.pids(f"/{root}", {"where": where})
    both = {"where": {"and": [where, more]}, "include": include}
    assert set(search.pids(f"/{root}", both)) <= set(rows)


@AT_MOST
@given(ASKED)
def test_a_condition_or_its_negation_holds_and_never_both(search, asked):
    root, where, _, _ = asked
    every = search.pids(f"/{root}")
    met = search.pids(f"/{root}", {"where": where})
    unmet = search.pids(f"/{root}", {"where": {"nor": [where]}})
    assert sorted(met + unmet) == sorted(every)


@AT_MOST
@given(ASKED, st.integers(1, 3), st.sampled_from([None, "title DESC", ["pid DESC", "title"]]))
def test_pages_partition_the_list(search, asked, size, order):
    root, where, _, include = asked
    whole = {"where": where, "include": include, "order": order}
    every = search.rows(f"/{root}", whole)
    pages = [
        row
        for skip in range(0, len(every) + size, size)
        for row in search.rows(f"/{root}", {**whole, "limit": size, "skip": skip})
    ]
    assert json.dumps(pages) == json.dumps(every)
    assert len({row["pid"] for row in every}) == len(every)


@AT_MOST
@given(ASKED)
def test_the_order_of_includes_means_nothing(search, asked):
    root, where, _, include = asked
    answers = [
        search.rows(f"/{root}", {"where": where, "include": each})
        for each in (include, include[::-1])
    ]
    assert answers[0] == answers[1]
