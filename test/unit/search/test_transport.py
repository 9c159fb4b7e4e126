"""Brackets, addresses, dates and the body of failures."""

import json
from datetime import datetime

import pytest

from datagateway_api.core.errors import BadFilter, MethodNotAllowed, NotFound
from datagateway_api.search import moments
from datagateway_api.search.addresses import canonical
from datagateway_api.search.brackets import decode
from datagateway_api.search.errors import as_reference, body_of, unknown_object
from datagateway_api.search.query_string import Given, read


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([("filter[limit]", "5")], {"limit": "5"}),
        ([("filter[where][a][like]", "x")], {"where": {"a": {"like": "x"}}}),
        ([("filter[a][]", "x"), ("filter[a][]", "y")], {"a": ["x", "y"]}),
        ([("filter[a][1]", "y"), ("filter[a][0]", "x")], {"a": ["x", "y"]}),
        ([("filter[a][10]", "z"), ("filter[a][9]", "y")], {"a": ["y", "z"]}),
        ([("filter[a]", "x"), ("filter[a]", "y")], {"a": ["x", "y"]}),
        ([("filter[a]", "null")], {"a": None}),
        ([("filter[a]", "true")], {"a": "true"}),
        ([("filter[or][0][a]", "1"), ("filter[or][1][b]", "2")], {"or": [{"a": "1"}, {"b": "2"}]}),
    ],
)
def test_brackets(pairs, expected):
    assert decode(pairs, "filter") == expected


@pytest.mark.parametrize("name", ["filter[", "filter[a", "filter[a]b", "filter[a]]", "filter[[a]]"])
def test_wrong_brackets_are_refused(name):
    with pytest.raises(BadFilter):
        decode([(name, "1")], "filter")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"", Given()),
        (b"filter=&where=+", Given()),
        (b'filter={"limit":1}', Given(filter={"limit": 1})),
        (b"query=two+words", Given(query="two words")),
        (b'query="two words"', Given(query="two words")),
        (b"query=5", Given(query="5")),
        (b"query=null", Given()),
        (b"Filter={bad&x[y]=1", Given()),
        (b"where[a]=b", Given(where={"a": "b"})),
    ],
)
def test_a_query_string(text, expected):
    assert read(text) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("datasets", "Datasets"),
        ("DOCUMENTS/", "Documents"),
        ("instruments/COUNT", "Instruments/count"),
        ("datasets/10.1/A/Files", "Datasets/10.1/A/files"),
        ("datasets/10.1/A/FILES/Count/", "Datasets/10.1/A/files/count"),
        ("Datasets/x/files/y", "Datasets/x/files/y"),
        ("documents/10.1/A/FILES", "Documents/10.1/A/FILES"),
        ("datasets/files", "Datasets/files"),
        ("datasets/files/count", "Datasets/files/count"),
        ("datasets/A/count", "Datasets/A/count"),
        ("samples", None),
        ("", None),
        ("x/datasets", None),
    ],
)
def test_an_address(path, expected):
    assert canonical(path) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2020-05-05", "2020-05-05 00:00:00"),
        ("2020", "2020-01-01 00:00:00"),
        ("2020-05", "2020-05-01 00:00:00"),
        ("20200505", "2020-05-05 00:00:00"),
        ("2020-W19-2", "2020-05-05 00:00:00"),
        ("2020-05-05T15:01:02.341Z", "2020-05-05 15:01:02.341000"),
        ("2020-05-05 15:01", "2020-05-05 15:01:00"),
        ("20200505T150102", "2020-05-05 15:01:02"),
        ("2020-05-05T15:01:02+02:00", "2020-05-05 13:01:02"),
        ("2020-05-05T15:01:02 02:00", "2020-05-05 13:01:02"),
        ("2020-05-05T15:01:02-0530", "2020-05-05 20:31:02"),
        (" 2020-05-05T24:00 ", "2020-05-06 00:00:00"),
    ],
)
def test_a_date_in_any_form_of_the_standard(text, expected):
    assert moments.parse(text) == datetime.fromisoformat(expected)


@pytest.mark.parametrize(
    "text", ["", "May", "10", "5.5.2020", "2020-13-01", "2020-05-05T25:00", "x" * 90, "٢٠٢٠"]
)
def test_what_is_no_date(text):
    with pytest.raises(ValueError, match=r".*"):
        moments.parse(text)


@pytest.mark.parametrize(
    ("wire", "expected"),
    [
        ("2020-05-05 15:01:02+00:00", "2020-05-05T15:01:02.000Z"),
        ("2020-05-05 15:01:02.341000+00:00", "2020-05-05T15:01:02.341Z"),
        ("2020-05-05 15:01:02.000900+00:00", "2020-05-05T15:01:02.000Z"),
    ],
)
def test_a_date_in_an_answer(wire, expected):
    assert moments.answered(wire) == expected


def test_the_body_of_a_failure():
    error = unknown_object("Dataset", "x" * 500)
    body = json.loads(body_of(error, "id", 404))["error"]
    assert {key: body[key] for key in ("statusCode", "name", "code")} == {
        "statusCode": 404,
        "name": "Error",
        "code": "MODEL_NOT_FOUND",
    }
    assert len(body["message"]) < 300
    plain = json.loads(body_of(BadFilter("the session"), "id", 400))
    assert plain == {"error": {"statusCode": 400, "name": "Error", "message": "the session"}}


def test_methods_that_write_are_answered_as_unknown():
    assert isinstance(as_reference(MethodNotAllowed("x")), NotFound)
    error = BadFilter("x")
    assert as_reference(error) is error
