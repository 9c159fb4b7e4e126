"""Requests to the predecessor's search on its catalogue, with the answers that are right.

The catalogue was read there by a user who may see everything, so nothing is hidden here either.
"""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from test.api.search.conftest import OpenSearch
from test.support.recorded_catalogue import unpack
from test.support.searching import V10_MAPPING, Asking

SHARED = Path(__file__).parents[4] / "shared" / "data"
GOLDEN = SHARED / "search_golden.jsonl"
EXCEPTIONS = yaml.safe_load(Path(__file__).with_name("golden_exceptions.yaml").read_text("utf-8"))
SINGLE = ("instrument", "affiliation", "person", "document", "dataset")
"""Relations to one: the recording lists all that could stand there."""

pytestmark = pytest.mark.skipif(
    not GOLDEN.exists(), reason="the recordings lie in ../shared, which this checkout lacks"
)


def records() -> list[dict[str, Any]]:
    if not GOLDEN.exists():
        return []
    return [json.loads(line) for line in GOLDEN.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def search(tmp_path_factory: pytest.TempPathFactory, open_search: OpenSearch) -> Asking:
    """A search over the recorded catalogue, in which everything is public."""
    path = unpack(SHARED, tmp_path_factory.mktemp("golden"))
    return open_search(
        path,
        extension="/search-api",
        mapping_file=V10_MAPPING,
        # As the recording was made; the standard wants `query` ignored then.
        search_scoring={"enabled": False},
    )


@pytest.mark.parametrize("record", records(), ids=lambda record: record["id"])
def test_a_recorded_request_is_answered_rightly(record, search, request):
    if record["id"] in EXCEPTIONS:
        reason = EXCEPTIONS[record["id"]]
        # One that is met after all fails here, so that it is taken off the list.
        request.applymarker(pytest.mark.xfail(reason=reason, raises=AssertionError, strict=True))
    response = search.client.get(record["url"])
    assert response.status_code == record.get("expected_status", 200), response.text
    body = json.loads(response.data)
    if "expected_count" in record:
        assert body == {"count": record["expected_count"]}
    if response.status_code == 200 and "expected_pids" in record:
        hold_rows(body if isinstance(body, list) else [body], record)
        if not record["v10_defect"]:
            hold_attributes(body, record["response_json"])


def hold_rows(rows: list[dict[str, Any]], record: dict[str, Any]) -> None:
    keys = [key_of(row) for row in rows]
    assert len(set(keys)) == len(keys), "no row comes twice"
    number = record.get("expected_rows", record["expected_total"])
    if number == record["expected_total"]:
        assert sorted(keys) == sorted(record["expected_pids"])
    else:
        assert len(keys) == number
        assert set(keys) <= set(record["expected_pids"])
    trees = {tree["key"]: tree for tree in record.get("expected_tree", ())}
    for row in rows:
        if trees:
            hold_tree(row, trees[key_of(row)])


def hold_tree(row: dict[str, Any], tree: dict[str, Any]) -> None:
    for name, children in tree.get("ch", {}).items():
        expected = {child["key"]: child for child in children}
        found = row[name]
        if name in SINGLE:
            found = [] if found is None else [found]
            assert bool(found) is bool(expected), name
            assert {key_of(child) for child in found} <= set(expected), name
        else:
            assert sorted(map(key_of, found)) == sorted(expected), name
        for child in found:
            hold_tree(child, expected[key_of(child)])


def hold_attributes(body: Any, recorded: Any) -> None:
    """Compare attribute values with those recorded, where the predecessor was right."""
    mine = {key_of(row): row for row in (body if isinstance(body, list) else [body])}
    for row in recorded if isinstance(recorded, list) else [recorded]:
        for name, value in row.items():
            if name in mine.get(key_of(row), {}) and not isinstance(value, (dict, list)):
                assert mine[key_of(row)][name] == value, name


def key_of(row: dict[str, Any]) -> str:
    found: str = row.get("pid") or row["id"]
    return found


def test_each_exception_is_a_record_with_a_reason():
    known = {record["id"] for record in records()}
    assert all(reason and name in known for name, reason in EXCEPTIONS.items())
