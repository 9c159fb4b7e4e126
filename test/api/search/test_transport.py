"""Addresses, query strings, methods, failures and the neighbourhood of other modes."""

import json

import pytest
from flask.testing import FlaskClient

from datagateway_api.core.errors import ConfigurationError
from test.support import panosc
from test.support.reference_data import dataset, document, fixture, instrument
from test.support.searching import PANOSC_MAPPING, Asking, search_app


@pytest.fixture(scope="module")
def db_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite:///{tmp_path_factory.mktemp('transport')}/catalogue.db"
    panosc.fill(url, fixture())
    return url


@pytest.fixture(scope="module")
def search(db_url: str) -> Asking:
    app = search_app(db_url, extension="/search-api", mapping_file=PANOSC_MAPPING, facility="ESS")
    return Asking(app, "/search-api")


@pytest.fixture(scope="module")
def client(search: Asking) -> FlaskClient:
    return search.client


ONE = dataset(1)


@pytest.mark.parametrize(
    "path",
    [
        "/search-api/Datasets",
        "/search-api/Datasets/",
        "/search-api/datasets",
        "/SEARCH-API/DATASETS",
        "/search-api/Datasets/count",
        "/search-api/datasets/COUNT/",
        f"/search-api/Datasets/{ONE}",
        f"/search-api/datasets/{ONE}/",
        f"/search-api/datasets/{ONE}/FILES",
        f"/search-api/Datasets/{ONE.replace('/', '%2F')}/files/",
        f"/search-api/Datasets/{ONE.replace('/', '%2f')}/Files/Count",
        f"/search-api/documents/{document(1)}",
    ],
)
def test_an_address_may_be_written_in_many_ways(client, path):
    response = client.get(path)
    assert response.status_code == 200, response.text
    assert response.mimetype == "application/json"


@pytest.mark.parametrize(
    ("query_string", "number"),
    [
        ("", 15),
        ("filter=", 15),
        ("filter=null", 15),
        ("filter={}", 15),
        ("filter=%20", 15),
        ("foo=bar&filter=", 15),
        ("query=", 15),
        ('filter={"where":null}', 15),
        ('filter={"where":{}}', 15),
        ('filter={"limit":0}', 15),
        ('filter={"limit":null,"skip":"13"}', 2),
        ('filter={"offset":13}', 2),
        ("filter[limit]=2", 2),
        ("filter[where][name]=LoKI", 1),
        ("filter[where][name][like]=LoK", 1),
        ("filter[where][name][inq][]=LoKI&filter[where][name][inq][]=ODIN", 2),
        ("filter[where][name][inq][0]=LoKI&filter[where][name][inq][1]=ODIN", 2),
        ("filter[where][or][0][name]=LoKI&filter[where][or][1][name]=BEER", 2),
        ("filter[where][and][0][facility]=ESS&filter[skip]=14", 1),
        ("filter%5Bwhere%5D%5Btext%5D=loki", 1),
        ("filter[where][name]=true", 0),
        ("filter[fields][facility]=false&filter[limit]=1", 1),
        ("filter[where][datasets.isPublic]=true", 4),
        ("filter[include]=datasets&filter[limit]=1", 1),
        (
            "filter[include][0][relation]=datasets&filter[include][0][scope][where][title][like]=1",
            1,
        ),
        ('where={"name":"LoKI"}', 1),
        ('where={"name":"LoKI"}&filter={"where":{"facility":"DLS"}}', 0),
    ],
)
def test_a_query_string_may_be_written_in_many_ways(client, query_string, number):
    response = client.get("/search-api/Instruments", query_string=query_string)
    assert response.status_code == 200, response.text
    assert len(response.get_json()) == number


@pytest.mark.parametrize(
    ("query_string", "number"),
    [
        ("", 4),
        ("where=", 4),
        ("where={}", 4),
        ("where=null", 4),
        ('where={"title":{"like":"%1"}}', 1),
        ("where[title][like]=%251", 1),
        ('filter={"where":{"title":"nope"}}', 4),
        ("limit=1", 4),
    ],
)
def test_a_count_has_a_where_and_no_filter(client, query_string, number):
    response = client.get("/search-api/Datasets/count", query_string=query_string)
    assert response.get_json() == {"count": number}


@pytest.mark.parametrize(
    "order", ["name DESC", ["name DESC"], "name desc", ["nope ASC", "name DESC"]]
)
def test_order_is_one_key_or_several(search, order):
    rows = search.rows("/Instruments", {"order": order, "limit": 2, "fields": ["name"]})
    assert [row["name"] for row in rows] == ["VESPA", "T-REX"]


def test_fields_are_kept_or_left_out_and_the_score_stays(search):
    kept = search.rows("/Instruments", {"fields": ["pid", "nope"], "limit": 1})
    assert set(kept[0]) == {"pid", "score"}
    left = search.rows("/Instruments", {"fields": {"facility": False}, "limit": 1})
    assert set(left[0]) == {"pid", "name", "score"}
    one = search.one(f"/Instruments/{instrument('LoKI')}", {"fields": {"name": True}})
    assert one == {"name": "LoKI"}


def test_an_include_may_be_written_in_many_ways(search):
    asked = {"where": {"pid": ONE}}
    forms = [
        "techniques",
        ["techniques"],
        {"relation": "techniques"},
        [{"relation": "techniques"}],
        [{"relation": "techniques", "scope": {}}],
        [{"relation": "techniques", "scope": None}],
        {"techniques": None},
    ]
    answers = [search.rows("/Datasets", {**asked, "include": form}) for form in forms]
    assert all(answer == answers[0] for answer in answers)
    assert len(answers[0][0]["techniques"]) == 1


def test_nothing_is_included_unless_it_is_asked_for(search):
    (row,) = search.rows("/Datasets", {"where": {"pid": ONE}})
    assert set(row) == {"pid", "title", "isPublic", "creationDate", "size", "score"}
    (row,) = search.rows(
        "/Datasets", {"where": {"pid": dataset(2)}, "include": ["files", "instrument"]}
    )
    assert [file["size"] for file in row["files"]] == [None]
    assert row["instrument"]["name"] == "ODIN"


def test_a_scope_sorts_pages_and_selects(search):
    scope = {"order": "title DESC", "limit": 1, "skip": 1, "fields": ["title"]}
    rows = search.rows("/Documents", {"include": [{"relation": "datasets", "scope": scope}]})
    titles = [[each["title"] for each in row["datasets"]] for row in rows]
    assert titles == [["PaNOSC Test Dataset 1"], ["PaNOSC Test Dataset 3"]]
    assert set(rows[0]["datasets"][0]) == {"title"}


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["", "/count", f"/{ONE}", f"/{ONE}/files"])
def test_methods_that_write_are_not_there(client, method, path):
    response = client.open(f"/search-api/Datasets{path}", method=method, json={})
    assert response.status_code == 404
    assert set(response.get_json()["error"]) == {"statusCode", "name", "message"}


@pytest.mark.parametrize(
    "path", ["/Techniques", "/Files", "/nope", "/Datasets/x/y/z", "/Instrument"]
)
def test_every_failure_has_the_shape_of_the_reference(client, path):
    response = client.get("/search-api" + path)
    assert response.status_code == 404
    error = response.get_json()["error"]
    assert (error["statusCode"], error["name"]) == (404, "Error")
    assert error["message"]


def test_a_failure_that_nobody_foresaw_has_the_same_shape(search, monkeypatch):
    def fail(*_: object) -> None:
        raise RuntimeError("SELECT secret FROM somewhere")

    monkeypatch.setattr("datagateway_api.search.service.Answering", fail)
    response = search.answer("/Datasets")
    assert response.status_code == 500
    assert response.get_json()["error"]["statusCode"] == 500
    assert "secret" not in response.text


def test_a_body_too_large_has_the_same_shape(db_url):
    app = search_app(db_url, mapping_file=PANOSC_MAPPING)

    @app.get("/api/reads-its-body")
    def read() -> bytes:
        from flask import request

        return request.get_data()

    app.config["MAX_CONTENT_LENGTH"] = 10
    response = app.test_client().get("/api/reads-its-body", data=b"x" * 100)
    assert (response.status_code, response.get_json()["error"]["statusCode"]) == (413, 413)


def test_head_and_options_work_and_any_page_may_ask(client):
    head = client.head("/search-api/Datasets")
    assert (head.status_code, head.data) == (200, b"")
    asked = {"Origin": "https://portal.example", "Access-Control-Request-Method": "GET"}
    preflight = client.options("/search-api/Datasets", headers=asked)
    assert preflight.status_code == 200
    assert preflight.headers["Access-Control-Allow-Origin"] == "*"
    answer = client.get("/search-api/nope", headers={"Origin": "https://portal.example"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


PAGE, STATUS = "text/html", "application/json"


@pytest.mark.parametrize(
    ("path", "accept", "kind"),
    [
        ("/search-api", None, PAGE),
        ("/search-api", "*/*", PAGE),
        ("/search-api", "application/json", STATUS),
        ("/search-api/", None, STATUS),
        ("/search-api/", "*/*", STATUS),
        ("/search-api/", "text/html,application/xhtml+xml,*/*;q=0.8", PAGE),
        ("/Search-Api/", "application/json", STATUS),
    ],
)
def test_the_extension_is_a_page_and_with_a_slash_a_status_object(client, path, accept, kind):
    response = client.get(path, headers={"Accept": accept} if accept else {})
    assert (response.status_code, response.mimetype) == (200, kind)
    if kind == STATUS:
        assert response.get_json()["facility"] == "ESS"
        assert response.get_json()["uptime"] >= 0
        assert response.get_json()["scoring"] == {"enabled": True, "reachable": True}


def test_the_search_may_stand_at_the_top(db_url):
    client = search_app(db_url, extension="/", mapping_file=PANOSC_MAPPING).test_client()
    assert len(client.get("/documents").get_json()) == 2
    assert client.get("/", headers={"Accept": PAGE}).mimetype == PAGE
    assert client.get("/").get_json()["version"]
    assert client.get("/nope").get_json()["error"]["statusCode"] == 404


@pytest.mark.parametrize("catalogue", ["/", "/catalogue", "/search-api/catalogue"])
def test_the_catalogue_beside_it_keeps_its_addresses_and_its_errors(db_url, catalogue):
    app = search_app(
        db_url, catalogue=catalogue, extension="/search-api", mapping_file=PANOSC_MAPPING
    )
    client = app.test_client()
    above = catalogue.rstrip("/")
    assert len(client.get("/search-api/Datasets").get_json()) == 4
    assert client.get(f"{above}/ping").status_code == 200
    assert client.get(f"{above}/Datasets").get_json()["code"] == "no_credentials"
    assert client.get(f"{above}/nope").get_json()["code"] == "not_found"
    assert client.get("/search-api/nope").get_json()["error"]["statusCode"] == 404
    documents = [client.get(f"{each}/openapi.json") for each in ("/search-api", above)]
    assert len({json.loads(each.data)["info"]["title"] for each in documents}) == 2


@pytest.mark.parametrize(
    ("extension", "catalogue"), [("/datasets", "/"), ("/api", "/api/datasets"), ("/PING", "/")]
)
def test_an_extension_that_hides_another_modes_addresses_is_refused(db_url, extension, catalogue):
    with pytest.raises(
        ConfigurationError, match=r"search_api\.extension: its addresses would hide"
    ):
        search_app(db_url, extension=extension, catalogue=catalogue)
