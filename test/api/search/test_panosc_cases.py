"""Requests to PaNOSC search APIs with the answers that the standard, or a client, demands."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import yaml

from test.api.search.conftest import OpenSearch
from test.support import panosc
from test.support.expectations import hold
from test.support.panosc_requests import REQUESTS, is_like
from test.support.searching import PANOSC_MAPPING, Asking

SHARED = Path(__file__).parents[4] / "shared" / "data"
CASES = SHARED / "panosc_cases.jsonl"
EXCEPTIONS = yaml.safe_load(Path(__file__).with_name("panosc_exceptions.yaml").read_text("utf-8"))

pytestmark = pytest.mark.skipif(
    not CASES.exists(), reason="the recorded cases lie in ../shared, which this checkout lacks"
)


def cases() -> list[dict[str, Any]]:
    if not CASES.exists():
        return []
    return [json.loads(line) for line in CASES.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def searches(
    tmp_path_factory: pytest.TempPathFactory, open_search: OpenSearch
) -> dict[str, Asking]:
    """A search over each data set of the fixture."""
    fixture = json.loads((SHARED / "panosc_fixture.json").read_text("utf-8"))
    settings = {"mapping_file": PANOSC_MAPPING, "panet_file": str(SHARED / "PaNET.csv")}
    found = {}
    for name in ("F1", "F2", "F3"):
        path = tmp_path_factory.mktemp("panosc") / f"{name}.db"
        panosc.fill(f"sqlite:///{path}", fixture[name])
        found[name] = open_search(path, **settings)
    return found


def address(case: dict[str, Any]) -> str:
    """Return a case's path and query string; its pid is encoded as clients do, or not."""
    path = quote(case["path"], safe="/%")
    if "raw_query" in case:
        return f"{path}?{case['raw_query']}"
    asked: dict[str, str] = {
        name: json.dumps(case[name]) for name in ("filter", "where") if name in case
    }
    return f"{path}?{urlencode(asked, quote_via=quote)}" if asked else path


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["id"])
def test_a_case_is_answered_as_demanded(case, searches, request):
    if case["id"] in EXCEPTIONS:
        reason = EXCEPTIONS[case["id"]]
        # One that is met after all fails here, so that it is taken off the list.
        request.applymarker(pytest.mark.xfail(reason=reason, raises=AssertionError, strict=True))
    asking = searches[case["fixture"]]
    response = asking.client.open(asking.extension + address(case), method=case["method"])
    hold(response, case["expect"])


@pytest.mark.parametrize(("fixture", "path", "asked", "wanted"), REQUESTS)
def test_a_further_request_is_answered_rightly(fixture, path, asked, wanted, searches):
    asking = searches[fixture]
    query = asked if isinstance(asked, str) else {"filter": json.dumps(asked)}
    response = asking.client.get(asking.extension + path, query_string=query)
    assert response.status_code == 200, response.text
    assert is_like(json.loads(response.data), wanted), response.text


def test_each_exception_is_a_case_with_a_reason():
    known = {case["id"] for case in cases()}
    assert all(reason and name in known for name, reason in EXCEPTIONS.items())
