"""Malformed requests: each is refused in words, at once, and says nothing of the insides."""

import json
from urllib.parse import quote

import pytest

from datagateway_api.core.icat_schema import load
from test.support import (
    malformed_conditions,
    malformed_operands,
    malformed_parameters,
    malformed_requests,
)
from test.support.catalogue import app_over, client_of
from test.support.checked import CheckedClient, checked
from test.support.configured import configured
from test.support.malformed import Malformed
from test.support.promptly import promptly

ROWS = (
    *malformed_operands.rows(),
    *malformed_conditions.rows(),
    *malformed_parameters.rows(),
    *malformed_requests.rows(),
)
SECONDS = 1.0

ODD_BUT_FINE = (
    "/INVESTIGATIONS",
    "/Investigations/",
    "/investigations/COUNT",
    "/investigations/count/",
    "/investigations/findOne",
    "/investigations/FINDONE/",
    "/investigations/1/",
    "/PING",
    "/ping/",
    "/DataFiles/0001",
    '/investigations?WHERE={"NAME":{"LIKE":"INV"}}&Limit=1',
    "/investigations?",
    "/investigations?&&",
    "/investigations?limit=0",
    "/investigations?limit=9223372036854775807&skip=9223372036854775807",
    '/investigations?limit="5"&skip="0"',
    f'/investigations?limit="{"%20" * 40}5"',
    f"/investigations?{'&'.join(['limit=1'] * 500)}",
    "/investigations?order=[]&include=[]&include={}",
    f"/investigations?include={'[' * 15}{']' * 15}",
    '/investigations?where={"datasets":{"in":[]}}',
    '/investigations?where={"name":"a","name":"b"}',
    '/investigations?where={"id":{"in":[-9223372036854775808,9223372036854775807]}}',
    '/datasetparameters?where={"numericValue":{"in":[1e308,-1e308,5e-324,-0.0]}}',
    '/facilities?where={"daysUntilRelease":2147483647}',
    '/facilities?where={"daysUntilRelease":{"lt":-2147483648}}',
    '/investigations?where={"startDate":{"between":["0001-01-01","9999-12-31 23:59:59.999999"]}}',
    '/investigations?where={"startDate":"0001-01-01"}',
    '/investigations?where={"startDate":{"gte":"2020-01-01T23:59:59.9999999Z"}}',
    '/investigations?where={"name":{"like":"%25%25%25%25%25%25%25%25%25%25%25%25%25x"}}',
    '/investigations?where={"name":{"like":"\\\\"}}',
    '/investigations?where={"name":{"like":""}}',
    '/investigations?where={"name":{"regexp":""}}',
    '/investigations?where={"name":{"regexp":"(a|a)*$"}}',
    '/investigations?where={"name":{"regexp":"(?i)inv"}}',
    "/investigations?where=" + quote(json.dumps({"name": "x" * 100_000})),
    "/investigations?where=" + quote(json.dumps({"name": {"like": "\\[%ü" * 2500}})),
    "/investigations?where=" + quote(json.dumps({"id": {"in": list(range(20_000))}})),
    "/investigations?where=" + quote(json.dumps({"id": {"nin": list(range(20_000))}})),
    "/investigations?where=" + quote(json.dumps({"name": {"in": ["x"] * 20_000}})),
    "/investigations?where=" + quote(json.dumps({"or": [{"id": n} for n in range(1000)]})),
    "/investigations?where=" + quote('{"and":[' * 100 + '{"id":1}' + "]}" * 100),
    "/investigations?where=" + quote('{"or":[{"id":2},' * 100 + '{"id":1}' + "]}" * 100),
    "/investigations?where=" + quote(json.dumps({"datasets.investigation." * 5 + "name": "a"})),
)
"""Requests that look odd, of which some were mistaken for mistakes, and that must work."""


def send(client: CheckedClient, row: Malformed):
    return client.open(row.url, method=row.method, headers=dict(row.headers), data=row.body)


@pytest.mark.parametrize("row", ROWS, ids=[row.id for row in ROWS])
def test_a_malformed_request_is_refused_in_words_and_at_once(client, row):
    with promptly(SECONDS):
        response = send(client, row)
    assert (response.status_code, response.json["code"]) == (row.status, row.code)
    assert row.fragment in response.json["message"]
    assert len(response.json["message"]) < 600
    if row.status == 405:
        assert "GET" in response.headers["Allow"]


def test_there_are_many_malformed_requests_and_no_two_alike():
    assert len(ROWS) >= 220
    asked = {(row.url, row.method, str(row.headers), row.body) for row in ROWS}
    assert len(asked) == len({row.id for row in ROWS}) == len(ROWS)


def test_every_database_refuses_malformed_requests_alike(any_client):
    found = {row.id: send(any_client, row).status_code for row in ROWS}
    assert found == {row.id: row.status for row in ROWS}


def test_every_database_answers_odd_requests_that_are_fine(any_client):
    found = {url[:200]: any_client.get(url).status_code for url in ODD_BUT_FINE}
    assert {url: status for url, status in found.items() if status != 200} == {}


def test_a_bad_where_is_refused_alike_by_list_count_and_findone(client):
    for row in malformed_conditions.rows():
        messages = {
            client.get(row.url.replace("/investigations", f"/investigations{end}")).text[:60]
            for end in ("", "/count", "/findone")
        }
        assert len(messages) == 1, row.id


@pytest.mark.parametrize("levels", [8, 45])
def test_conditions_beyond_a_database_are_a_bad_filter(any_client, levels):
    nested: dict[str, object] = {"datasets.id": 1}
    for _ in range(levels):
        nested = {"and": [{"id": {"gt": 0}}, {"or": [{"id": 2}, nested]}]}
    response = any_client.get("/investigations", query_string={"where": json.dumps(nested)})
    assert response.status_code in ((200,) if levels < 10 else (200, 400))


def test_conditions_that_tie_many_relations_together_are_answered_or_refused_soon(any_client):
    names = [relation.name for relation in load().entities["Investigation"].relations.values()]
    pairs = zip(names, names[1:] + names[:1], strict=True)
    tied = {"and": [{"or": [{f"{a}.id": 1}, {f"{b}.id": 1}]} for a, b in pairs]}
    with promptly(5 * SECONDS):
        response = any_client.get("/investigations", query_string={"where": json.dumps(tied)})
    assert response.status_code in (200, 400)


def test_a_refusal_is_remembered_by_nothing(client):
    before = client.get("/investigations").data
    for row in ROWS:
        send(client, row)
    assert client.get("/investigations").data == before


@pytest.mark.parametrize(
    ("query", "status"),
    [("", 400), ("limit=3", 200), ("limit=0", 200), ("limit=4", 400), ("distinct=name", 400)],
)
def test_a_list_beyond_max_limit_is_refused(sqlite_url, query, status):
    with client_of(app_over(sqlite_url, max_limit=3)) as plain:
        assert checked(plain).get(f"/investigations?{query}").status_code == status


def test_a_path_beyond_max_path_depth_is_refused(sqlite_url):
    with client_of(app_over(sqlite_url, max_path_depth=1)) as plain:
        client = checked(plain)
        assert client.get('/investigations?where={"datasets.name":"a"}').status_code == 200
        for query in (
            'where={"datasets.type.name":"a"}',
            "order=datasets.type.name",
            "include=datasets.type",
            "distinct=datasets.type.name",
        ):
            response = client.get(f"/investigations?{query}")
            assert response.status_code == 400
            assert "max_path_depth" in response.text


def test_a_body_beyond_max_body_bytes_is_refused(sqlite_url):
    with client_of(configured(sqlite_url, {"max_body_bytes": 2000})) as plain:
        client = checked(plain)
        small, large = ({"mechanism": "anon", "username": "x" * size} for size in (1000, 3000))
        assert client.post("/sessions", json=small).status_code == 201
        response = client.post("/sessions", json=large)
        assert (response.status_code, response.get_json()["code"]) == (413, "too_large")
        assert client.get("/investigations", data=b"x" * 3000).status_code == 200
