"""What a case of the PaNOSC collection expects of an answer: one function a kind."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from werkzeug.test import TestResponse

Json = Any


def hold(response: TestResponse, expected: Mapping[str, Json]) -> None:
    """Raise AssertionError when an answer is not as expected, KeyError for a kind not known."""
    body = json.loads(response.data)
    for kind, value in expected.items():
        if kind == "status":
            assert response.status_code == value, body
        elif kind == "status_in":
            assert response.status_code in value, body
        elif kind == "n_if_200":
            assert response.status_code != 200 or len(body) == value
        else:
            KINDS[kind](body, value)


def steps(body: Json, path: str) -> list[Json]:
    """Return the values at a dotted path, in which * stands for every item."""
    found = [body]
    for step in path.split("."):
        if step == "*":
            found = [item for each in found for item in each]
        else:
            found = [each[int(step) if isinstance(each, list) else step] for each in found]
    return found


def _pids(body: Json, wanted: Json) -> None:
    assert [row["pid"] for row in body] == sorted(wanted)


def _values(body: Json, wanted: Json) -> None:
    assert {key: body[key] for key in wanted} == wanted


def _path_values(body: Json, wanted: Json) -> None:
    for path, value in wanted.items():
        assert steps(body, path) == [value], path


def _path_near(body: Json, wanted: Json) -> None:
    for path, (value, margin) in wanted.items():
        assert abs(steps(body, path)[0] - value) <= margin, path


def _path_lengths(body: Json, wanted: Json) -> None:
    for path, number in wanted.items():
        assert [len(each) for each in steps(body, path)] == [number], path


def _all_values(body: Json, wanted: Json) -> None:
    for path, value in wanted.items():
        assert set(steps(body, path)) == {value}, path


def _each_has(body: Json, wanted: Json) -> None:
    assert all(name in row for row in body for name in wanted)


def _each_lacks(body: Json, wanted: Json) -> None:
    assert not any(name in row for row in body for name in wanted)


def _is_error(body: Json, wanted: Json) -> None:
    assert set(body) == {"error"}
    assert {"statusCode", "name", "message"} <= set(body["error"])


def _error_code(body: Json, wanted: Json) -> None:
    assert body["error"]["code"] == wanted


def _scores(body: Json) -> list[Json]:
    return [row["score"] for row in body]


def _sorted_scores(body: Json, wanted: Json) -> None:
    assert _scores(body) == sorted(_scores(body), reverse=True)


def _open_scores(body: Json, wanted: Json) -> None:
    assert body
    assert all(0 < score < 1 for score in _scores(body))


def _number_scores(body: Json, wanted: Json) -> None:
    assert all(isinstance(score, (int, float)) for score in _scores(body))


def _body(body: Json, wanted: Json) -> None:
    assert body == wanted


def _n(body: Json, wanted: Json) -> None:
    assert len(body) == wanted


def _n_in(body: Json, wanted: Json) -> None:
    assert len(body) in wanted


def _names(body: Json, wanted: Json) -> None:
    assert [row["name"] for row in body] == wanted


def _contains(body: Json, wanted: Json) -> None:
    assert set(wanted) <= {row["pid"] for row in body}


def _subset(body: Json, wanted: Json) -> None:
    assert {row["pid"] for row in body} <= set(wanted)


def _unique(body: Json, wanted: Json) -> None:
    pids = [row["pid"] for row in body]
    assert len(pids) == len(set(pids))


KINDS: Mapping[str, Callable[[Json, Json], None]] = {
    "all_values": _all_values,
    "body": _body,
    "contains_pid": _contains,
    "each_has": _each_has,
    "each_lacks": _each_lacks,
    "error_code": _error_code,
    "error_shape": _is_error,
    "n": _n,
    "n_in": _n_in,
    "names_in_order": _names,
    "path_lengths": _path_lengths,
    "path_near": _path_near,
    "path_values": _path_values,
    "pids": _pids,
    "pids_subset_of": _subset,
    "pids_unique": _unique,
    "score_number": _number_scores,
    "scores_open_interval_0_1": _open_scores,
    "sorted_by_score_desc": _sorted_scores,
    "values": _values,
}
