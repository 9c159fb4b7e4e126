"""What cannot be understood is 400 and says where; nothing is ever a 500."""

import json
from urllib.parse import quote

import pytest

from test.support import panosc
from test.support.bad_filters import FILTERS, QUERY_STRINGS, WHERES
from test.support.reference_data import document, fixture
from test.support.searching import PANOSC_MAPPING, Asking, search_app


@pytest.fixture(scope="module")
def search(tmp_path_factory: pytest.TempPathFactory) -> Asking:
    url = f"sqlite:///{tmp_path_factory.mktemp('bad')}/catalogue.db"
    panosc.fill(url, fixture())
    server = {"max_url_bytes": 100_000}
    return Asking(search_app(url, server=server, mapping_file=PANOSC_MAPPING))


def hold(response, part: str) -> None:
    assert response.status_code == 400, response.text
    error = response.json["error"]
    assert (error["statusCode"], error["name"]) == (400, "Error")
    assert part in error["message"]
    assert len(error["message"]) < 1000


def test_there_are_at_least_a_hundred():
    assert len(WHERES) + len(FILTERS) + len(QUERY_STRINGS) >= 100


@pytest.mark.parametrize(
    ("where", "part"), WHERES, ids=[f"{n}-{part}" for n, (_, part) in enumerate(WHERES)]
)
def test_a_bad_where_is_refused_on_lists_and_counts(search, where, part):
    hold(search.answer("/Documents", filter={"where": where}), part)
    if where not in ([],):
        response = search.answer("/Documents/count", where=where)
        hold(response, part.replace("filter.where", "where"))
    scope = {"relation": "documents", "scope": {"where": where}}
    assert search.answer("/Datasets", filter={"include": [scope]}).status_code == 400


@pytest.mark.parametrize(
    ("asked", "part"), FILTERS, ids=[f"{n}-{part}" for n, (_, part) in enumerate(FILTERS)]
)
def test_a_bad_filter_is_refused_on_lists_and_single_objects(search, asked, part):
    hold(search.answer("/Documents", filter=asked), part)
    hold(search.answer(f"/Documents/{document(1)}", filter=asked), part)


@pytest.mark.parametrize(
    ("query_string", "part"), QUERY_STRINGS, ids=[str(n) for n in range(len(QUERY_STRINGS))]
)
def test_a_bad_query_string_is_refused(search, query_string, part):
    hold(search.client.get("/api/Documents", query_string=query_string), part)


@pytest.mark.parametrize(
    "where",
    [
        {"title": "x' OR '1'='1"},
        {"title": {"like": "'; DROP TABLE INVESTIGATION; --"}},
        {"title": {"regexp": "o."}},
        {"text": "%' UNION SELECT 1 --"},
        {"pid": "pid:1 OR 1=1"},
        {"pid": "pid:99999999999999999999"},
        {"pid": {"inq": ["pid:", "pid:x", "pid:-1", "", "\u202e"]}},
        {"parameters.value": "\\"},
    ],
)
def test_hostile_values_are_ordinary_values(search, where):
    assert search.rows("/Documents", {"where": where}) == [
        row for row in search.rows("/Documents") if where == {"title": {"regexp": "o."}}
    ]
    assert search.count("/Documents") == 2


@pytest.mark.parametrize("pid", ["'", "a%00b", "..", "a/../b", "%", "?", "x" * 3000, "é", "pid:-1"])
def test_an_odd_pid_is_unknown(search, pid):
    response = search.client.get(f"/api/Documents/{quote(pid, safe='/.')}")
    assert response.status_code == 404
    assert response.json["error"]["name"] == "Error"


def test_deep_but_allowed_nesting_works(search):
    where: object = {"type": "proposal"}
    for number in range(90):
        where = {
            ("nor" if number % 3 == 0 else "and"): [where, {"nor": [{"title": "no"}]}][
                : 1 + number % 2
            ]
        }
    response = search.answer("/Documents", filter={"where": where})
    assert response.status_code == 200, response.text
    chain: object = {"title": {"like": "Dataset"}}
    for number in range(8):
        chain = {("datasets" if number % 2 == 0 else "documents"): chain}
    response = search.answer("/Datasets", filter={"where": chain})
    assert response.status_code == 200, response.text
    assert json.loads(response.data)
