"""The formats of a list: which one a request wants, and how pieces of JSON become it."""

import csv
import json
from io import StringIO

import pytest
from flask import Flask

from datagateway_api.web.api import JSON
from datagateway_api.web.formats import CSV, NDJSON, lines, list_response, table, wanted_kind

ACCEPTED = (
    (None, JSON), ("", JSON), ("*/*", JSON), ("application/json", JSON), ("text/csv", CSV),
    ("application/json, text/plain, */*", JSON), ("application/x-ndjson", NDJSON),
    ("TEXT/CSV", CSV), ("text/*", CSV), ("application/*", JSON), ("text/csv, */*;q=0.1", CSV),
    ("text/csv;q=0.5, application/x-ndjson;q=0.6", NDJSON), ("text/csv, application/json", JSON),
    ("text/csv;q=0.9, application/json;q=0.8", CSV), ("text/csv;q=0", JSON),
    ("application/json;q=0, */*", NDJSON), ("application/json;q=0, text/csv;q=0.1", CSV),
    ("text/csv; charset=utf-8", CSV), ("text/csv;header=present;q=0.4, */*;q=0.3", CSV),
    ("text/html", JSON), ("image/png", JSON), ("text/csv;q=x", JSON), ("garbage", JSON),
    (",,;;=", JSON), ("text/csv;q=1, text/csv;q=0.2", CSV),
)  # fmt: skip
APP = Flask(__name__)
ROWS = [
    {"id": 1, "name": 'a "quoted", text', "size": None, "type": {"id": 7, "name": "x"}},
    {"id": 2, "name": "},{ and \\ and [", "size": 1.5e300, "type": None},
    {"id": 3, "name": "line\nbreak 中文 \U0001f600", "size": -0.1, "type": {"id": 8, "name": None}},
]
COLUMNS = (("id",), ("name",), ("size",), ("type", "id"), ("type", "name"))


def dumped(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def whole() -> bytes:
    return dumped(ROWS).encode()


def divided() -> list[list[bytes]]:
    """The array in all the ways in which a backend may divide it."""
    first, second, third = (dumped(row).encode() for row in ROWS)
    return [
        [whole()],
        [b"[" + first, b"," + second + b"," + third, b"]"],
        [b"", b"[", first + b",", second, b",", third, b"]"],
        [b"[" + first + b",", second + b"," + third + b"]"],
    ]


@pytest.mark.parametrize(("accept", "kind"), ACCEPTED)
def test_accept_chooses_the_format(accept, kind):
    headers = {} if accept is None else {"Accept": accept}
    with APP.test_request_context("/", headers=headers):
        assert wanted_kind() == kind


@pytest.mark.parametrize("pieces", divided())
def test_lines_hold_the_very_text_of_each_row(pieces):
    with APP.test_request_context("/"):
        response = list_response(iter(pieces), lines())
    assert response.get_data() == b"".join(dumped(row).encode() + b"\n" for row in ROWS)


@pytest.mark.parametrize("pieces", divided())
def test_a_table_has_a_header_and_a_record_for_each_row(pieces):
    with APP.test_request_context("/"):
        response = list_response(iter(pieces), table(COLUMNS))
    assert response.get_data() == list_response(whole(), table(COLUMNS)).get_data()
    assert list(csv.reader(StringIO(response.get_data(as_text=True), newline=""))) == [
        ["id", "name", "size", "type.id", "type.name"],
        ["1", 'a "quoted", text', "", "7", "x"],
        ["2", "},{ and \\ and [", "1.5e+300", "", ""],
        ["3", "line\nbreak 中文 \U0001f600", "-0.1", "8", ""],
    ]


@pytest.mark.parametrize("pieces", [[b"[]"], [b"[", b"]"]])
def test_a_list_of_nothing_is_a_header_or_nothing(pieces):
    with APP.test_request_context("/"):
        assert list_response(iter(pieces), lines()).get_data() == b""
        assert list_response(iter(pieces), table(COLUMNS)).get_data().count(b"\r\n") == 1


def test_no_piece_is_empty_as_that_would_end_an_answer_sent_in_chunks():
    with APP.test_request_context("/"):
        for format_ in (lines(), table(COLUMNS)):
            for pieces in divided():
                assert all(list_response(iter(pieces), format_).iter_encoded())


def test_closing_an_answer_that_was_never_started_closes_what_it_comes_from():
    class Pieces:
        is_closed = False

        def __iter__(self):
            return self

        def __next__(self) -> bytes:
            raise AssertionError

        def close(self) -> None:
            self.is_closed = True

    for format_ in (None, lines(), table(COLUMNS)):
        pieces = Pieces()
        with APP.test_request_context("/"):
            list_response(pieces, format_).close()
        assert pieces.is_closed


@pytest.mark.parametrize(
    ("text", "cell"),
    [("=1+1", "'=1+1"), ("+1+1", "'+1+1"), ("-1+1", "'-1+1"), ("@SUM(A1)", "'@SUM(A1)"),
     ("\t=1", "'\t=1"), ("\r=1", "'\r=1"), ("＝1", "'＝1"), ("a=1", "a=1"), ("", ""),
     ("-5", "-5"), ("+5.25", "+5.25"), ("-1e-9", "-1e-9"), ("-", "'-"), ("-5\n", "'-5\n"),
     ("'=1", "'=1"), ("2000-04-03 00:00:00+00:00", "2000-04-03 00:00:00+00:00")],
)  # fmt: skip
def test_no_text_can_pass_for_the_formula_of_a_spreadsheet(text, cell):
    written = table((("name",),)).rewrite(dumped([{"name": text}]).encode()).decode()
    assert next(csv.reader(StringIO(written, newline="")), [""]) == [cell]


@pytest.mark.parametrize(
    ("value", "cell"), [(True, "true"), (False, "false"), (None, ""), (0, "0"), (-1.5, "-1.5")]
)
def test_values_that_are_no_texts_are_written_as_in_json(value, cell):
    written = table((("a",), ("b",))).rewrite(dumped([{"a": value, "b": 1}]).encode())
    assert written == f"{cell},1\r\n".encode()
