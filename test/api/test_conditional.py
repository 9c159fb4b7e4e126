"""Entity tags on one object and on whole lists."""

import pytest

from test.support.catalogue import app_over, client_of, fill


@pytest.fixture(scope="module")
def client(sqlite_server):
    url = sqlite_server.create_database()
    fill(url)
    with client_of(app_over(url)) as client:
        yield client


@pytest.mark.parametrize(
    "address",
    [
        "/investigations/1",
        "/investigations/1?include=datasets",
        "/investigations/1?fields=name",
        "/investigations?limit=3",
        "/investigations",
        "/investigations?distinct=name",
        "/investigations?limit=0",
    ],
)
def test_an_answer_that_the_client_has_is_304_without_a_body(client, address):
    first = client.get(address)
    assert first.status_code == 200
    tag = first.headers["ETag"]
    again = client.get(address, headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert again.get_data() == b""
    assert again.headers["ETag"] == tag
    other = client.get(address, headers={"If-None-Match": '"something-else"'})
    assert other.status_code == 200
    assert other.get_data() == first.get_data()


def test_different_answers_about_one_object_have_different_tags(client):
    addresses = ("/investigations/1", "/investigations/1?include=type", "/investigations/2")
    assert len({client.get(address).headers["ETag"] for address in addresses}) == 3


def test_the_tag_of_one_object_begins_with_its_modification_time(client):
    assert client.get("/investigations/1").headers["ETag"].startswith('"20240101000000')
    assert client.get("/investigations/1?fields=name").headers["ETag"].startswith('"-')


def test_counts_and_errors_have_no_tag(client):
    assert "ETag" not in client.get("/investigations/count").headers
    assert "ETag" not in client.get("/investigations/999").headers
