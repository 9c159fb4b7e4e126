"""CSV files as spreadsheets and programs write them, and what an export of ours gives back."""

import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datagateway_api.core.errors import Unprocessable, UnsupportedMediaType
from datagateway_api.releases.csv_rows import csv_rows, extra_cell
from datagateway_api.releases.files import Format, format_of


def field(data: str, name: str) -> Any:
    """Return one field of the only row of a file."""
    (row,) = csv_rows(data.encode())
    assert isinstance(row, dict)
    return row[name]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("start", ["", "\ufeff", "\n\n"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_delimiter_mark_and_line_ends_are_found_out(delimiter, start, end):
    lines = [delimiter.join(cells) for cells in (("dataset_number", "kFactor"), ("1", "2.5"))]
    data = (start + end.join([*lines, ""])).encode()
    assert csv_rows(data) == [{"dataset_number": "1", "kFactor": "2.5"}]


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ('["a", "b"]', ["a", "b"]),
        ("['a', 'b']", ["a", "b"]),
        ("[\"it's\", '\"']", ["it's", '"']),
        ("a;b", ["a", "b"]),
        (" a ; b ;", ["a", "b"]),
        ("a", ["a"]),
        ("a,b", ["a,b"]),
        ("", []),
        (" ", []),
        ("[]", []),
        ("[1]", [1]),
        ("[broken", "[broken"),
        ("[" * 5000, "[" * 5000),
        ("[open('x')]", "[open('x')]"),
    ],
)
def test_a_list_is_read_in_three_ways(cell, found):
    text = io.StringIO()
    csv.writer(text).writerows([["dataset_number", "keywords"], ["1", cell]])
    assert field(text.getvalue(), "keywords") == found


@pytest.mark.parametrize(
    ("cell", "found"),
    [("5", 5), ("2.5", 2.5), ("2.50", "2.50"), ("007", "007"), ("true", True), ("null", None),
     ("True", "True"), ('{"a":[1]}', {"a": [1]}), ('"5"', "5"), ("a", "a"), ("1e5", "1e5")],
)  # fmt: skip
def test_a_field_of_its_own_is_what_was_written_as_json(cell, found):
    text = io.StringIO()
    csv.writer(text).writerows([["dataset_number", "own"], ["1", cell]])
    assert field(text.getvalue(), "own") == found


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc"), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@given(values)
def test_any_value_is_read_back_from_the_cell_that_is_written_for_it(value):
    text = io.StringIO()
    rows = [["dataset_number", "own"], ["1", extra_cell(value)]]
    csv.writer(text).writerows(rows)
    found = field(text.getvalue(), "own")
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize("name", ["two\nlines", "\u2028", "a;b;c;d", 'q"uote', "a,b", "\x85x\x85y"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_header_may_have_any_name_in_it(name, delimiter):
    text = io.StringIO()
    names = ["dataset_number", "e_tag", "process", "generator", "own\n" + name]
    csv.writer(text, delimiter=delimiter).writerows([names, list("12345")])
    assert field(text.getvalue(), names[-1]) == 5


@pytest.mark.parametrize(
    ("cell", "found"),
    [("100", "100"), ("100.0", "100"), (" -3. ", "-3"), ("1.5", "1.5"), ("1.05", "1.05"),
     ("", None), (" ", None), ("many", "many")],
)  # fmt: skip
def test_a_whole_number_may_be_written_with_a_fraction_of_nought(cell, found):
    assert field(f"dataset_number,nEvents\n1,{cell}\n", "nEvents") == found


@pytest.mark.parametrize("data", [b"", b"\n", b"a,b\n", b"dataset_number,\n", b"\xff"])
def test_a_file_without_a_header_is_refused(data):
    with pytest.raises(Unprocessable):
        csv_rows(data)


@pytest.mark.parametrize(
    ("media_type", "name", "found"),
    [
        ("application/json", "", Format.JSON),
        ("text/csv", "x.json", Format.CSV),
        ("APPLICATION/X-NDJSON", "", Format.NDJSON),
        ("application/octet-stream", "x.JSON", Format.JSON),
        ("", "a.b.csv.gz", Format.CSV),
        ("application/gzip", "x.jsonl.gz", Format.NDJSON),
        ("text/plain", "x.ndjson", Format.NDJSON),
    ],
)
def test_the_format_is_told_by_the_type_or_the_name(media_type, name, found):
    assert format_of(media_type, name) is found


@pytest.mark.parametrize(("media_type", "name"), [("", ""), ("text/plain", "x"), ("", "x.gz")])
def test_what_tells_no_format_is_refused(media_type, name):
    with pytest.raises(UnsupportedMediaType):
        format_of(media_type, name)
