"""Documents drawn from investigations and from data publications, in one list."""

import sqlite3

import pytest

from test.support import panosc
from test.support.reference_data import dataset, document, fixture
from test.support.searching import BOTH_MAPPING, Asking, search_app

PUBLICATION = "not-shown"
ALL = [document(1), document(2), PUBLICATION]


@pytest.fixture(scope="module")
def search(tmp_path_factory: pytest.TempPathFactory) -> Asking:
    path = tmp_path_factory.mktemp("both") / "catalogue.db"
    panosc.fill(f"sqlite:///{path}", fixture())
    with sqlite3.connect(path) as connection:
        row = ("x", "2024-01-01", "x", "2024-01-01", 1, 3)
        connection.execute(
            "INSERT INTO DATACOLLECTIONDATASET (CREATE_ID, CREATE_TIME, MOD_ID, MOD_TIME, "
            "DATACOLLECTION_ID, DATASET_ID) VALUES (?, ?, ?, ?, ?, ?)",
            row,
        )
    connection.close()
    return Asking(search_app(f"sqlite:///{path}", mapping_file=BOTH_MAPPING))


def test_they_stand_in_one_order_and_are_counted_together(search):
    assert search.pids("/Documents") == ALL
    assert search.count("/Documents") == 3
    by_title = search.rows("/Documents", {"order": "title DESC", "fields": ["title"]})
    titles = [row["title"] for row in by_title]
    assert titles == sorted(titles, reverse=True)


@pytest.mark.parametrize("order", [None, "title", "releaseDate DESC", ["type", "pid DESC"]])
@pytest.mark.parametrize("size", [1, 2])
def test_pages_go_through_both(search, order, size):
    every = search.pids("/Documents", {"order": order})
    pages = [
        search.pids("/Documents", {"order": order, "limit": size, "skip": skip})
        for skip in range(0, 4, size)
    ]
    assert [pid for page in pages for pid in page] == every
    assert sorted(every) == sorted(ALL)


def test_each_is_found_by_its_pid_with_what_belongs_to_it(search):
    include = [
        {"relation": "datasets"},
        {"relation": "members", "scope": {"include": ["person", "affiliation"]}},
    ]
    found = search.one(f"/Documents/{PUBLICATION}", {"include": include})
    assert found["doi"] == PUBLICATION
    assert found["startDate"] is None
    assert [row["pid"] for row in found["datasets"]] == [dataset(3)]
    people = {
        (each["person"]["fullName"], each["affiliation"]["name"]) for each in found["members"]
    }
    assert people == {("John Smith", "ESS"), ("James Chadwick", "ESS")}


def test_a_data_set_belongs_to_both(search):
    found = search.one(f"/Datasets/{dataset(3)}", {"include": "documents"})
    assert [row["pid"] for row in found["documents"]] == [document(2), PUBLICATION]


@pytest.mark.parametrize(
    ("where", "pids"),
    [
        ({"startDate": None}, ALL),
        ({"type": None}, [PUBLICATION]),
        ({"type": {"neq": "proposal"}}, [document(1), PUBLICATION]),
        ({"datasets.pid": dataset(3)}, [document(2), PUBLICATION]),
        ({"members.role": "Researcher"}, [PUBLICATION]),
        ({"title": {"ilike": "CARRIES%"}}, [PUBLICATION]),
        ({"nor": [{"datasets.techniques.name": "x-ray absorption"}]}, [document(1)]),
    ],
)
def test_a_condition_is_about_both(search, where, pids):
    assert search.pids("/Documents", {"where": where}) == pids
    assert search.count("/Documents", where) == len(pids)


def test_a_score_is_of_both(search):
    rows = search.rows("/Documents", {"query": "affiliations proposal"})
    assert {row["pid"] for row in rows} == {document(2), PUBLICATION}
    assert all(0 < row["score"] < 1 for row in rows)
