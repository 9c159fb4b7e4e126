"""What the reference implementation's own tests demand, against the same data in an ICAT."""

from pathlib import Path

import pytest

from test.api.search.conftest import OpenSearch
from test.support import panosc
from test.support.reference_data import INSTRUMENTS, dataset, document, fixture, instrument
from test.support.searching import PANOSC_MAPPING, Asking

DATASETS = [dataset(number) for number in (1, 2, 3, 4)]
DOCUMENTS = [document(1), document(2)]


@pytest.fixture(scope="module")
def search(tmp_path_factory: pytest.TempPathFactory, open_search: OpenSearch) -> Asking:
    path: Path = tmp_path_factory.mktemp("reference") / "catalogue.db"
    panosc.fill(f"sqlite:///{path}", fixture())
    return open_search(path, mapping_file=PANOSC_MAPPING)


def included(relation: str, where: object = None, *below: object) -> dict[str, object]:
    scope = {} if where is None else {"where": where}
    return {"relation": relation, "scope": {**scope, **({"include": below} if below else {})}}


def parameter(name: str, value: object, unit: str) -> dict[str, object]:
    where = {"and": [{"name": name}, {"value": value}, {"unit": unit}]}
    return included("parameters", where)


@pytest.mark.parametrize(
    ("path", "number", "names"),
    [
        ("/Datasets", 4, ("pid", "title", "isPublic", "creationDate", "score")),
        ("/Documents", 2, ("pid", "isPublic", "type", "title", "score")),
        ("/Instruments", 15, ("pid", "name", "facility", "score")),
    ],
)
def test_a_list_has_all_objects_with_what_each_must_have(search, path, number, names):
    rows = search.rows(path)
    assert len(rows) == search.count(path) == number
    assert all(row[name] is not None for row in rows for name in names)


def test_instruments_of_a_facility_come_page_by_page(search):
    asked = {"where": {"facility": "ESS"}, "limit": 3}
    pages = [search.pids("/Instruments", {**asked, "skip": skip}) for skip in range(0, 15, 3)]
    found = [pid for page in pages for pid in page]
    assert sorted(found) == sorted(instrument(name) for name in INSTRUMENTS)


@pytest.mark.parametrize("path", ["/Datasets", "/Documents"])
def test_what_is_not_public_is_not_there(search, path):
    assert len(search.rows(path, {"where": {"isPublic": True}})) == search.count(path)
    assert search.rows(path, {"where": {"isPublic": False}}) == []


def test_data_sets_lie_between_two_dates(search):
    def made(first: str, last: str) -> list[str]:
        return search.pids("/Datasets", {"where": {"creationDate": {"between": [first, last]}}})

    assert made("2020-05-05T15:00:00.000Z", "2020-05-05T16:00:00.000Z") == DATASETS
    assert made("2020-05-06", "2021-01-01") == []


@pytest.mark.parametrize(
    ("path", "include", "pids"),
    [
        ("/Datasets", [included("techniques", {"name": "x-ray absorption"})], DATASETS[2:]),
        ("/Datasets", [included("samples", {"name": "solid copper cylinder"})], DATASETS),
        ("/Datasets", [parameter("photon_energy", {"between": [880, 990]}, "eV")], DATASETS[1:2]),
        ("/Datasets", [parameter("temperature", {"lt": 80}, "celsius")], DATASETS[2:3]),
        ("/Documents", [parameter("wavelength", {"between": [1000, 1100]}, "nm")], DOCUMENTS[:1]),
        (
            "/Documents",
            [included("datasets", None, parameter("wavelength", {"between": [1000, 1100]}, "nm"))],
            DOCUMENTS[1:],
        ),
        (
            "/Documents",
            [
                included(
                    "datasets",
                    None,
                    included("samples", {"name": "solid copper cylinder"}),
                    included("techniques", {"name": "x-ray absorption"}),
                )
            ],
            DOCUMENTS[1:],
        ),
        (
            "/Documents",
            [
                included(
                    "members",
                    {"role": "principal investigator"},
                    included("person", {"fullName": "James Chadwick"}),
                )
            ],
            DOCUMENTS[1:],
        ),
    ],
)
def test_an_include_with_a_condition_leaves_what_has_a_match(search, path, include, pids):
    rows = search.rows(path, {"include": include})
    assert [row["pid"] for row in rows] == pids
    assert all(row[each["relation"]] for row in rows for each in include)


def test_one_of_two_pairs_of_name_and_value_is_enough(search):
    pairs = [("sample_state", "solid"), ("chemical_formula", "Cu")]
    where = {"or": [{"and": [{"name": name}, {"value": value}]} for name, value in pairs]}
    (row,) = search.rows("/Datasets", {"include": [included("parameters", where)]})
    assert [each["value"] for each in row["parameters"]] == ["Cu", "solid"]


def test_documents_come_with_members_persons_and_affiliations(search):
    include = [included("members", None, included("person"), included("affiliation"))]
    (row, _) = search.rows("/Documents", {"include": include})
    people = [
        (each["role"], each["person"]["fullName"], each["affiliation"]["name"])
        for each in row["members"]
    ]
    assert people == [
        ("principal investigator", "John Smith", "ESS"),
        ("owner", "James Chadwick", "ESS"),
    ]
    assert "Lund, Sweden" in row["members"][0]["affiliation"]["address"]


@pytest.mark.parametrize("is_encoded", [True, False])
def test_an_object_is_found_by_its_pid_however_its_slash_is_written(search, is_encoded):
    pid = instrument("LoKI")
    found = search.one(f"/Instruments/{pid.replace('/', '%2F') if is_encoded else pid}")
    assert found == {"pid": pid, "name": "LoKI", "facility": "ESS"}


def test_the_files_of_a_data_set_are_listed_and_counted(search):
    path = f"/Datasets/{dataset(1)}/files"
    assert [row["name"] for row in search.rows(path)] == ["panosc-file1.hdf"]
    assert search.count(path) == 1
    assert search.count(path, {"text": "FILE2"}) == 0


def test_an_unknown_data_set_is_404_for_itself_and_its_files(search):
    for path in ("/Datasets/nope", "/Datasets/nope/files", "/Datasets/nope/files/count"):
        response = search.answer(path)
        assert response.status_code == 404
        assert response.json["error"]["code"] == "MODEL_NOT_FOUND"
