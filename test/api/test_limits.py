"""What a request may ask for at most, and what small requests may still ask."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from datagateway_api.backends.database import rows
from datagateway_api.core import dates
from test.support.catalogue import app_over, client_of, fill


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
