"""What a request may ask for at most, and what small requests may still ask."""

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from datagateway_api.backends.database import rows
from datagateway_api.core import dates
from test.support.catalogue import app_over, client_of, fill
from test.support.checked import checked
from test.support.configured import configured, environment
from test.support.gunicorn import Gunicorn
from test.support.searching import search_app


@pytest.fixture(scope="module")
def url(sqlite_server):
    url = sqlite_server.create_database()
    fill(url)
    return url


@pytest.fixture(scope="module")
def old_url(sqlite_server):
    url = sqlite_server.create_database()
    fill(url, "4.11")
    return url


CYCLE = "/facilities?include=investigations.facility.investigations.facility"


def test_includes_that_multiply_are_refused_before_they_fill_the_memory(url, monkeypatch):
    with client_of(app_over(url)) as client:
        whole = client.get(CYCLE)
        assert whole.status_code == 200
        monkeypatch.setattr(rows, "MOST_TEXT", len(whole.get_data()) // 2)
        refused = client.get(CYCLE)
        assert refused.status_code == 400
        assert "include: the answer would be too large" in refused.get_json()["message"]
        assert client.get("/facilities").status_code == 200


def test_too_many_rows_of_one_relation_are_refused(url, monkeypatch):
    monkeypatch.setattr(rows, "MOST_INCLUDED", 3)
    with client_of(app_over(url)) as client:
        refused = client.get("/facilities?include=investigations")
        assert refused.status_code == 400
        assert "include: investigations has more than 3 rows" in refused.get_json()["message"]
        assert client.get("/investigations?include=datasets").status_code == 200


def test_findone_is_one_row_whatever_the_largest_limit(url):
    with client_of(app_over(url, max_limit=2)) as client:
        assert client.get("/investigations").status_code == 400
        assert client.get("/investigations/findone").get_json()["id"] == 1
        assert client.get("/investigations/findone?limit=50").get_json()["id"] == 1


def test_findone_of_an_empty_list_is_404(url):
    with client_of(app_over(url)) as client:
        assert client.get("/investigations/findone?limit=0").status_code == 404


def test_unique_rows_can_be_ordered_by_the_relation_they_name(url):
    with client_of(app_over(url)) as client:
        found = client.get("/investigations?distinct=type&order=type desc")
        assert found.get_json() == [{"type": {"id": 2}}, {"type": {"id": 1}}]


def test_a_name_that_came_with_a_later_icat_says_so(old_url):
    with client_of(app_over(old_url, read_only=False)) as client:
        refused = client.get('/datasets?where={"fileSize":1}').get_json()
        assert "its ICAT release predates it" in refused["message"]
        refused = client.post("/datasets", json={"fileSize": 1}).get_json()
        assert any("its ICAT release predates it" in d["reason"] for d in refused["details"])


def test_a_login_leaves_sessions_alone_that_another_time_zone_may_see_as_alive(url):
    engine = sa.create_engine(url)
    table = sa.table("SESSION_", sa.column("ID"), sa.column("EXPIREDATETIME"))
    ages = {"behind": timedelta(hours=11), "gone": timedelta(days=3)}
    with engine.begin() as connection:
        for name, age in ages.items():
            moment = (dates.now() - age).isoformat(" ", "microseconds")
            connection.execute(table.insert().values(ID=name, EXPIREDATETIME=moment))
    with client_of(app_over(url)) as client:
        header = {"Authorization": "Bearer behind"}
        assert client.get("/investigations", headers=header).status_code == 403
    with engine.connect() as connection:
        left = set(connection.scalars(sa.select(table.c.ID)))
    engine.dispose()
    assert "behind" in left
    assert "gone" not in left


@pytest.mark.parametrize(
    "include",
    ["type,facility,datasets", "datasets.datafiles,type", '{"datasets":{"type":"facility"}}',
     "datasets&include=type&include=facility"],
)  # fmt: skip
def test_a_request_may_include_so_many_relations_and_no_more(url, include):
    for most, status in ((2, 400), (3, 200)):
        with client_of(app_over(url, max_includes=most)) as plain:
            client = checked(plain)
            for address in ("/investigations", "/investigations/1", "/investigations/findone"):
                response = client.get(f"{address}?include={include}")
                assert response.status_code == status
                assert (status == 200) == ("max_includes" not in response.text)


def test_including_a_relation_twice_counts_once(url):
    with client_of(app_over(url, max_includes=2)) as client:
        response = client.get("/investigations?include=datasets,datasets.type,datasets.type")
        assert response.status_code == 200


def test_a_url_may_be_so_long_and_no_longer(url):
    with client_of(configured(url, {"max_url_bytes": 300, "url_prefix": "/gateway"})) as plain:
        client = checked(plain, "/gateway")
        known = client.environ_base["HTTP_AUTHORIZATION"]
        start = "/gateway/investigations?order="
        for character, bytes_ in (("n", 1), ("%C3%BC", 6)):
            room = 300 - len(start) + 1
            fitting = start + character * (room // bytes_)
            assert client.get(fitting).status_code == 400
            response = client.get(fitting + character * 6)
            assert (response.status_code, response.get_json()["code"]) == (414, "too_large")
            assert "300" in response.get_json()["message"]
        for path in ("/gateway/investigations/", "/gateway/nothing/"):
            response = client.get(path + "1" * 300)
            assert response.status_code == 414
        for header in ({}, {"Authorization": known}):
            response = plain.application.test_client().get(start + "n" * 400, headers=header)
            assert response.status_code == 414


def test_a_long_url_of_the_search_is_refused_in_its_own_shape(url):
    app = search_app(url, server={"max_url_bytes": 300})
    response = app.test_client().get("/api/Documents?filter=" + "x" * 300)
    assert response.status_code == 414
    assert response.get_json()["error"]["statusCode"] == 414
    document = json.loads(app.test_client().get("/api/openapi.json").data)
    for operations in document["paths"].values():
        assert "414" in operations["get"]["responses"]
    app.extensions["datagateway_api.search"].close()


def test_under_gunicorn_a_long_url_is_refused_in_the_one_shape(url, tmp_path):
    with Gunicorn(tmp_path, environment(url, {})) as server:
        server.log_in()
        start = "/investigations?where=" + "%7B%22id%22%3A%7B%22in%22%3A%5B1"
        for length, status in ((7990, 200), (8010, 414), (8150, 414)):
            path = start + ",1" * ((length - len(start) - 9) // 2) + "%5D%7D%7D"
            with server.open(path) as response:
                assert response.status == status
                assert response.headers["Content-Type"] == "application/json"
                response.read()


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/"), ("GET", "/investigations"), ("GET", "/nothing"), ("GET", "/openapi.json"),
     ("GET", "/swagger-ui/swagger-ui.css"), ("GET", "/favicon.ico"), ("PUT", "/investigations"),
     ("OPTIONS", "/investigations"), ("POST", "/sessions"), ("HEAD", "/datafiles")],
)  # fmt: skip
def test_no_browser_may_guess_the_type_of_an_answer(url, method, path):
    with client_of(app_over(url)) as client:
        response = client.open(path, method=method)
        assert response.headers.getlist("X-Content-Type-Options") == ["nosniff"]
