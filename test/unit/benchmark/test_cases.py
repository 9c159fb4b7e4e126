"""The requests of the benchmark, and its table."""

from urllib.parse import urlsplit

import pytest

from datagateway_api.core.query.parse import BY_ID, COUNT, LIST, parse
from datagateway_api.search.service import asked_list
from test.support.queries import SCHEMA, checker
from util.benchmark.cases import CASES, PATHS
from util.benchmark.load import Load
from util.benchmark.report import Result, table
from util.benchmark.search_cases import EXTENSION, SEARCH_CASES

IDS = range(1, 201)
QUERIES = [case for case in CASES if case.name != "ping"]


def check(path: str) -> None:
    """Check a request as the catalogue would; it raises where the request would be a 400."""
    parts = urlsplit(path)
    _, endpoint, *rest = parts.path.split("/")
    entity, query = SCHEMA.endpoints[endpoint], parts.query.encode()
    if rest == ["count"]:
        checker().count(entity, parse(query, COUNT))
    elif rest:
        assert int(rest[0]) > 0
        checker().by_id(entity, parse(query, BY_ID))
    else:
        checker().rows(entity, parse(query, LIST))


@pytest.mark.parametrize("case", QUERIES, ids=lambda case: case.name)
def test_every_request_is_understood(case):
    for path in (*case.paths(IDS, is_fixed=False)[:50], *case.paths(IDS, is_fixed=True)):
        check(path)


@pytest.mark.parametrize("case", SEARCH_CASES, ids=lambda case: case.name)
def test_every_question_to_the_search_is_understood(case):
    for path in (*case.paths(IDS, is_fixed=False)[:50], *case.paths(IDS, is_fixed=True)):
        parts = urlsplit(path)
        assert parts.path == f"{EXTENSION}/Documents"
        asked = asked_list("Document", parts.query.encode())
        assert asked.limit == 50
        assert asked.include or asked.query


@pytest.mark.parametrize("case", [*QUERIES, *SEARCH_CASES], ids=lambda case: case.name)
def test_requests_vary_so_much_that_no_server_remembers_them(case):
    paths = case.paths(range(1, 2001), is_fixed=False)
    assert len(paths) == PATHS
    assert len(set(paths)) > 1000


@pytest.mark.parametrize("case", [*CASES, *SEARCH_CASES], ids=lambda case: case.name)
def test_a_fixed_request_is_only_one(case):
    assert len(case.paths(IDS, is_fixed=True)) == 1


def test_the_requests_of_two_runs_are_the_same():
    assert CASES[6].paths(IDS, is_fixed=False) == CASES[6].paths(IDS, is_fixed=False)


def test_a_row_is_one_that_the_catalogue_has():
    by_id = next(case for case in CASES if case.name == "by id")
    numbers = {int(path.rpartition("/")[2]) for path in by_id.paths([3, 5, 7], is_fixed=False)}
    assert numbers == {3, 5, 7}
    assert by_id.paths([3, 5, 7], is_fixed=True) == ["/investigations/3"]


def test_the_issue_s_ten_cases_are_there():
    assert len({case.name for case in CASES}) == 10


def test_results_become_a_table():
    result = Result("ping", "/ping", Load(1234.5, 1.25, 9.0, 0.24, 20), 0.12, 0.02)
    assert table([result]).splitlines() == [
        "| case | requests/s | p50 ms | p99 ms | CPU ms | Flask ms | ratio | raw ms | ratio "
        "| bytes |",
        "|------|-----------:|-------:|-------:|-------:|---------:|------:|-------:|------:"
        "|------:|",
        "| ping |       1234 |    1.2 |    9.0 |   0.24 |     0.12 |   2.0 |   0.02 |  12.0 "
        "|    20 |",
    ]
    assert result.as_json()["flask_ratio"] == pytest.approx(2.0)
