"""What is hidden is not there: every answer is as if it had never been entered.

Two catalogues differ in an embargoed document with all that belongs to it. Whatever is asked, by
whatever road, both must answer the same bytes.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import sqlalchemy as sa

from test.api.search.conftest import OpenSearch
from test.support import panosc
from test.support.reference_data import HANDLE, dataset, document, fixture, instrument
from test.support.searching import PANOSC_MAPPING, V10_MAPPING, Asking, search_app

SECRET_DATASET = f"{HANDLE}/secret-dataset"
SECRET_DOCUMENT = "10.5072/secret-document"
DATE = "i.releaseDate < CURRENT_TIMESTAMP"
PUBLIC = [
    "Facility",
    "InvestigationType",
    "DatasetType",
    "Instrument",
    "Technique",
    "ParameterType",
    "User",
]
RESTRICTED = {
    "Investigation": "SELECT i FROM Investigation i",
    "Dataset": "SELECT o FROM Dataset o JOIN o.investigation i",
    "Datafile": "SELECT o FROM Datafile o JOIN o.dataset d JOIN d.investigation i",
    "Sample": "SELECT o FROM Sample o JOIN o.investigation i",
    "Keyword": "SELECT o FROM Keyword o JOIN o.investigation i",
    "InvestigationUser": "SELECT o FROM InvestigationUser o JOIN o.investigation i",
    "InvestigationParameter": "SELECT o FROM InvestigationParameter o JOIN o.investigation i",
    "DatasetParameter": "SELECT o FROM DatasetParameter o JOIN o.dataset d JOIN d.investigation i",
    "DatasetTechnique": "SELECT o FROM DatasetTechnique o JOIN o.dataset d JOIN d.investigation i",
    "DatasetInstrument": (
        "SELECT o FROM DatasetInstrument o JOIN o.dataset d JOIN d.investigation i"
    ),
}
RULES = [*PUBLIC, "DataPublication", "DataPublicationUser", "Affiliation"]
RULES += [f"{what} WHERE {DATE}" for what in RESTRICTED.values()]


def with_secret() -> dict[str, Any]:
    """Return the data with an embargoed document that shares all it can with the public ones."""
    data = fixture()
    public = data["documents"][0]
    member = {"role": "kryptonite bearer", "person": "panosc-person1", "affiliation": 1}
    data["documents"].append(
        {
            **public,
            "pid": SECRET_DOCUMENT,
            "title": "Kryptonite under embargo",
            "summary": "kryptonite kryptonite proposal publication test",
            "isPublic": False,
            "releaseDate": "2999-01-01T00:00:00.000Z",
            "keywords": ["kryptonite"],
            "datasets": [SECRET_DATASET],
            "members": [member],
            "parameters": [{"name": "wavelength", "value": 7, "unit": "nm"}],
        }
    )
    data["datasets"].append(
        {
            **data["datasets"][0],
            "pid": SECRET_DATASET,
            "title": "Kryptonite data",
            "instrument": "LoKI",
            "techniques": ["tech1", "tech2"],
            "files": [{"name": "kryptonite.hdf", "size": 7}],
            "parameters": [{"name": "temperature", "value": 7, "unit": "celsius"}],
        }
    )
    return data


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory, open_search: OpenSearch) -> list[Asking]:
    """The search over each of the two catalogues; on ICAT as somebody bound by its rules."""
    found = []
    for data in (fixture(), with_secret()):
        path: Path = tmp_path_factory.mktemp("hidden") / "catalogue.db"
        panosc.fill(f"sqlite:///{path}", data, rules=RULES)
        found.append(open_search(path, roots="simple/root", mapping_file=PANOSC_MAPPING))
    return found


def included(*path: str, where: object = None) -> dict[str, object]:
    """Return an include along relations, with a condition at the end."""
    first, *rest = path
    if rest:
        return {"relation": first, "scope": {"include": [included(*rest, where=where)]}}
    return {"relation": first, "scope": {} if where is None else {"where": where}}


LIKE = {"like": "ryptonite"}
WHERES: Mapping[str, list[object]] = {
    "/Documents": [
        {"title": LIKE},
        {"text": "kryptonite"},
        {"keywords": "kryptonite"},
        {"pid": SECRET_DOCUMENT},
        {"pid": "pid:3"},
        {"datasets.title": LIKE},
        {"datasets.instrument.datasets.title": LIKE},
        {"datasets.techniques.datasets.title": LIKE},
        {"datasets.samples.datasets.title": LIKE},
        {"members.person.members.role": "kryptonite bearer"},
        {"members.person.members.document.title": LIKE},
        {"members.affiliation.members.role": "kryptonite bearer"},
        {"parameters": {"name": "wavelength", "value": 7}},
        {"releaseDate": {"gt": "2900-01-01"}},
        {"isPublic": False},
        {"nor": [{"isPublic": True}]},
        {"nor": [{"datasets.instrument.datasets.title": LIKE}]},
        {"title": {"neq": "x"}},
        {"or": [{"title": LIKE}, {"type": "proposal"}]},
    ],
    "/Datasets": [
        {"title": LIKE},
        {"pid": SECRET_DATASET},
        {"files.name": LIKE},
        {"documents.title": LIKE},
        {"instrument.datasets.title": LIKE},
        {"techniques.datasets.documents.title": LIKE},
        {"parameters": {"name": "temperature", "value": {"lt": 290}, "unit": "K"}},
        {"techniques.name": {"neq": "x-ray absorption"}},
        {"size": 7},
    ],
    "/Instruments": [
        {"datasets.title": LIKE},
        {"datasets.documents.pid": SECRET_DOCUMENT},
        {"datasets.files.size": 7},
        {"datasets.techniques.name": "x-ray absorption"},
        {"nor": [{"datasets.pid": SECRET_DATASET}]},
    ],
}
FILTERS: list[tuple[str, object]] = [
    ("/Documents", {}),
    ("/Datasets", {"order": "title"}),
    ("/Instruments", {"order": "name DESC", "skip": 3, "limit": 5}),
    ("/Documents", {"query": "kryptonite"}),
    ("/Documents", {"query": "publication proposal test"}),
    ("/Datasets", {"query": "data kryptonite"}),
    ("/Instruments", {"include": [included("datasets", "files")]}),
    ("/Instruments", {"include": [included("datasets", where={"title": LIKE})]}),
    (
        "/Instruments",
        {"include": [included("datasets", "techniques", where={"name": {"like": "x"}})]},
    ),
    ("/Datasets", {"include": [included("techniques", "datasets")]}),
    ("/Datasets", {"include": [included("samples", "datasets", "documents")]}),
    ("/Datasets", {"include": [included("instrument", "datasets", "parameters")]}),
    ("/Datasets", {"include": [included("instrument", "datasets", where={"title": LIKE})]}),
    ("/Documents", {"include": [included("members", "person", "members", "document")]}),
    ("/Documents", {"include": [included("members", "affiliation", "members", "document")]}),
    ("/Documents", {"include": [included("members", "person", "members", where={"role": LIKE})]}),
    (
        "/Documents",
        {"include": [included("datasets", "techniques", "datasets", where={"text": "kry"})]},
    ),
    ("/Documents", {"where": {"nope.kryptonite": 1}}),
]
PATHS = [
    f"/Datasets/{SECRET_DATASET}",
    f"/Datasets/{SECRET_DATASET}/files",
    f"/Datasets/{SECRET_DATASET}/files/count",
    f"/Documents/{SECRET_DOCUMENT}",
    "/Documents/pid:3",
    "/Datasets/pid:5",
    "/Datasets/pid:5/files",
    f"/Datasets/{dataset(1)}/files",
    "/Datasets/count",
    "/Documents/count",
    "/Instruments/count",
]
INSIDE: list[tuple[str, object]] = [
    (f"/Instruments/{instrument('LoKI')}", {"include": [included("datasets", "documents")]}),
    (
        f"/Documents/{document(1)}",
        {"include": [included("members", "person", "members", "document")]},
    ),
    (f"/Datasets/{dataset(1)}", {"include": [included("techniques", "datasets", "files")]}),
    (f"/Datasets/{dataset(1)}/files", {"include": [included("dataset", "instrument", "datasets")]}),
]


def hold_same(twins: list[Asking], path: str, **parameters: object) -> bytes:
    """Ask both and return what both answer."""
    one, other = (
        asking.client.get(
            asking.extension + quote(path),
            query_string={name: json.dumps(value) for name, value in parameters.items()},
        )
        for asking in twins
    )
    assert one.status_code == other.status_code
    assert other.json == one.json
    if path != f"/Documents/{SECRET_DOCUMENT}" and "kryptonite" not in json.dumps(parameters):
        assert b"ryptonite" not in other.data
    return other.data


@pytest.mark.parametrize(
    ("path", "where"), [(path, where) for path, wheres in WHERES.items() for where in wheres]
)
def test_no_condition_finds_out_about_it(twins, path, where):
    hold_same(twins, path, filter={"where": where})
    hold_same(twins, f"{path}/count", where=where)


@pytest.mark.parametrize(("path", "asked"), FILTERS)
def test_no_list_order_include_or_score_shows_it(twins, path, asked):
    hold_same(twins, path, filter=asked)


@pytest.mark.parametrize("path", PATHS)
def test_it_has_no_address_and_is_not_counted(twins, path):
    hold_same(twins, path)


@pytest.mark.parametrize(("path", "asked"), INSIDE)
def test_it_does_not_show_inside_one_object(twins, path, asked):
    assert b'"pid"' in hold_same(twins, path, filter=asked) or "files" in path


def test_the_catalogues_do_differ(twins, backend_kind):
    if backend_kind == "python_icat":
        pytest.skip("ICAT itself hides it; the database backend shows that it is there")
    url = f"sqlite:///{twins[1].app.config['DB_PATH']}"
    everything = Asking(search_app(url, mapping_file=V10_MAPPING))
    assert everything.pids("/Documents", {"where": {"keywords": "kryptonite"}}) == [SECRET_DOCUMENT]
    assert everything.count("/Datasets") == 5


def test_a_list_is_not_sorted_by_what_lies_in_hidden_rows(tmp_path):
    mapping = json.loads(Path(PANOSC_MAPPING).read_text("utf-8"))
    mapping["Dataset"]["title"] = ["sample.name", "name"]
    file, url = tmp_path / "mapping.json", f"sqlite:///{tmp_path}/catalogue.db"
    file.write_text(json.dumps(mapping))
    panosc.fill(url, with_secret())
    search = Asking(search_app(url, mapping_file=str(file)))
    engine = sa.create_engine(url)
    orders = []
    for name in ("aaa", "zzz"):
        with engine.begin() as connection:
            # The sample of the secret data set is what a public data set refers to.
            secret = "(SELECT SAMPLE_ID FROM DATASET WHERE DOI = :secret)"
            values = {"secret": SECRET_DATASET, "public": dataset(2), "name": name}
            for change in (
                f"UPDATE DATASET SET SAMPLE_ID = {secret} WHERE DOI = :public",
                f"UPDATE SAMPLE SET NAME = :name WHERE ID = {secret}",
            ):
                connection.execute(sa.text(change), values)
        orders.append(search.rows("/Datasets", {"order": "title", "fields": ["pid", "title"]}))
    engine.dispose()
    assert orders[0] == orders[1]
    assert {row["title"] for row in orders[0]} >= {"PaNOSC Test Dataset 2"}
