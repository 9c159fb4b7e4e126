"""Uploads that are refused as a whole: what is sent, the status, and the places that are named."""
# ruff: noqa: E501 rows of a table

import gzip
import json
from dataclasses import dataclass
from typing import Any

LONG = "x" * 4001


@dataclass(frozen=True)
class Case:
    """One upload; `places` are the pairs of row and field that the answer must tell of."""

    name: str
    content: bytes
    status: int = 422
    places: tuple[tuple[int | None, str | None], ...] = ()
    file: str = "x.json"
    media_type: str | None = None


def rows(name: str, *datasets: Any, places: tuple[Any, ...]) -> Case:
    return Case(name, json.dumps(datasets).encode(), places=places)


def field(name: str, key: str, value: Any) -> Case:
    """A good row, and one whose one field is wrong."""
    bad = {"dataset_number": "2", key: value}
    return rows(name, {"dataset_number": "1"}, bad, places=((2, key),))


def raw(name: str, text: str, *places: tuple[int | None, str | None]) -> Case:
    return Case(name, text.encode(), places=places or ((None, None),))


def csv(name: str, text: str, *places: tuple[int | None, str | None]) -> Case:
    return Case(name, text.encode(), places=places or ((None, None),), file="x.csv")


def half(name: str, text: str, *places: tuple[int | None, str | None]) -> Case:
    """A file in which ½ stands for half of a character."""
    return raw(name, text.replace("½", "\\ud800"), *places)


WHOLE = ((None, None),)
NUMBER = "dataset_number"
BOMB = gzip.compress(b"[" + b" " * (2 << 20) + b"]")

CASES = [
    half("half a character in a text", '[{"dataset_number":"1","process":"½"}]', (1, "process")),
    half("half a character in a list", '[{"dataset_number":"1","keywords":["½"]}]', (1, "keywords")),
    half("half a character in a name", '[{"dataset_number":"1","½":1}]', (1, "?")),
    half("half a character in a number", '[{"dataset_number":"½"}]', (1, "dataset_number")),
    half("half a character in what is said of the release", '{"datasets":[],"doi":"½"}', (None, "doi")),
    # Files that cannot be read at all.
    Case("nothing", b"", places=WHOLE),
    Case("an empty CSV", b"", places=WHOLE, file="x.csv"),
    Case("UTF-16 JSON", "[]".encode("utf-16"), places=WHOLE),
    Case("Latin-1 JSON", '[{"dataset_number":"1","process":"é"}]'.encode("latin-1"), places=WHOLE),
    Case("Latin-1 CSV", "dataset_number,process\n1,é\n".encode("latin-1"), places=WHOLE, file="a.csv"),
    Case("UTF-16 CSV", "dataset_number\n1\n".encode("utf-16"), places=WHOLE, file="a.csv"),
    Case("binary CSV", bytes(range(256)), places=WHOLE, file="a.csv"),
    Case("half a gzip", gzip.compress(b"[]" * 500)[:-9], places=WHOLE, file="x.json.gz"),
    Case("a gzip with a wrong sum", gzip.compress(b"[]")[:-8] + b"\0" * 8, places=WHOLE),
    Case("a gzip of nothing but its head", b"\x1f\x8b", places=WHOLE),
    Case("a gzip whose data is broken", gzip.compress(b"[]")[:10] + b"\xff" * 20, places=WHOLE),
    Case("a gzip bomb", BOMB, 413),
    Case("a gzip bomb by name", BOMB, 413, file="x.json.gz"),
    Case("a gzip in a gzip", gzip.compress(gzip.compress(b"[]")), places=WHOLE),
    Case("a file that is too large", b"[" + b" " * (2 << 20) + b"]", 413),
    Case("an unknown name", b"[]", 415, file="x.txt"),
    Case("no end of name", b"[]", 415, file="json"),
    Case("a spreadsheet", b"PK\x03\x04", 415, file="x.xlsx"),
    Case("an unknown media type", b"[]", 415, file="x", media_type="application/xml"),
    Case("packed, of unknown kind", gzip.compress(b"[]"), 415, file="x.gz"),
    raw("half an array", '[{"dataset_number": "1"}'),
    raw("two values", "[] []"),
    raw("a trailing comma", '[{"dataset_number": "1"},]'),
    raw("single quotes", "[{'dataset_number': '1'}]"),
    raw("a comment", "[] // none"),
    raw("a lone surrogate", '[{"dataset_number": "1", "process": "\\ud800"}]', (1, "process")),
    raw("a control character", '[{"dataset_number": "1\x01"}]'),
    raw("very deep", "[" * 100_000 + "]" * 100_000),
    # Values that are no list of datasets.
    raw("a number", "5"),
    raw("a text", '"datasets"'),
    raw("null", "null"),
    raw("an object without datasets", '{"dataset_number": "1"}'),
    raw("datasets as an object", '{"datasets": {"1": {}}}'),
    raw("datasets as null", '{"datasets": null}'),
    raw("a description that is a number", '{"datasets": [], "description": 5}', (None, "description")),
    raw("a DOI that is too long", json.dumps({"datasets": [], "doi": "d" * 300}), (None, "doi")),
    # Rows that are no datasets.
    raw("a row that is a list", "[[]]", (1, None)),
    raw("a row that is null", '[{"dataset_number": "1"}, null]', (2, None)),
    raw("a row that is a text", '["1"]', (1, None)),
    raw("a row without a number", '[{"kFactor": 1}]', (1, NUMBER)),
    raw("a number that is null", '[{"dataset_number": null}]', (1, NUMBER)),
    raw("a number that is true", '[{"dataset_number": true}]', (1, NUMBER)),
    raw("a number with a fraction", '[{"dataset_number": 1.5}]', (1, NUMBER)),
    raw("a number that is a list", '[{"dataset_number": [1]}]', (1, NUMBER)),
    raw("a number that is empty", '[{"dataset_number": " "}]', (1, NUMBER)),
    raw("a number that is negative", '[{"dataset_number": -1}]', (1, NUMBER)),
    raw("a number that goes up", '[{"dataset_number": "../../etc/passwd"}]', (1, NUMBER)),
    raw("a number that is a path", '[{"dataset_number": "a/b"}]', (1, NUMBER)),
    raw("a number that is a Windows path", '[{"dataset_number": "a\\\\b"}]', (1, NUMBER)),
    raw("a number that is dots", '[{"dataset_number": ".."}]', (1, NUMBER)),
    raw("a number with a NUL", '[{"dataset_number": "a\\u0000"}]', (1, NUMBER)),
    raw("a number with a space", '[{"dataset_number": "a b"}]', (1, NUMBER)),
    raw("a number that is too long", json.dumps([{NUMBER: "1" * 101}]), (1, NUMBER)),
    rows("a number given twice", {NUMBER: 7}, {NUMBER: "8"}, {NUMBER: "7"}, places=((3, NUMBER),)),
    rows("a number given three times", {NUMBER: 7}, {NUMBER: 7}, {NUMBER: 7.0},
         places=((2, NUMBER), (3, NUMBER))),
    # Values of the wrong type.
    field("a number for a text is fine, a list is not", "process", ["a"]),
    field("a flag for a text", "process", True),
    field("an object for a text", "description", {}),
    field("a text with a NUL", "generator", "a\0b"),
    field("a text that is too long", "process", LONG),
    field("a field's name with a blank before it", " own", 1),
    field("a short name that is too long", "physics_short", "x" * 256),
    field("a text for a float", "kFactor", "much"),
    field("a comma in a float", "kFactor", "1,5"),
    field("a flag for a float", "kFactor", False),
    field("a list for a float", "cross_section_pb", [1]),
    field("NaN as a text", "sumOfWeights", "NaN"),
    field("infinity as a text", "sumOfWeights", "-inf"),
    field("a float as a text beyond all bounds", "sumOfWeights", "1e999"),
    field("a fraction for an integer", "nEvents", 1.5),
    field("a text for an integer", "nEvents", "many"),
    field("an integer of 65 bits", "nEvents", 2**64),
    field("a flag for an integer", "GenEvents", True),
    field("a text for a list", "keywords", "top"),
    field("an object for a list", "file_list", {"a": 1}),
    field("a number in a list", "keywords", ["a", 1]),
    field("an empty text in a list", "file_list", [""]),
    field("null in a list", "file_list", [None]),
    field("a NUL in a list", "keywords", ["a\0"]),
    field("a text for the skims", "skims", "exactly4lep"),
    field("texts for skims", "skims", ["exactly4lep"]),
    field("a skim without a type", "skims", [{"file_list": []}]),
    field("a skim whose type is a number", "skims", [{"skim_type": 4}]),
    field("a skim whose type is empty", "skims", [{"skim_type": ""}]),
    field("a skim given twice", "skims", [{"skim_type": "a"}, {"skim_type": "a"}]),
    field("a skim with an unknown key", "skims", [{"skim_type": "a", "files": []}]),
    field("a skim with a bad file", "skims", [{"skim_type": "a", "file_list": [5]}]),
    field("a field whose name is too long", "n" * 256, 1),
    field("a field whose name is empty", "", 1),
    raw("NaN", '[{"dataset_number": "1", "kFactor": NaN}]', (1, "kFactor")),
    raw("infinity", '[{"dataset_number": "1", "kFactor": Infinity}]', (1, "kFactor")),
    raw("minus infinity", '[{"dataset_number": "1", "nEvents": -Infinity}]', (1, "nEvents")),
    raw("a float beyond all bounds", '[{"dataset_number": "1", "kFactor": 1e999}]', (1, "kFactor")),
    raw("NaN in a field of its own", '[{"dataset_number": "1", "own": {"a": [NaN]}}]', (1, "own")),
    raw("a field and its old name", '[{"dataset_number": "1", "e_tag": "a", "e-tag": "b"}]', (1, "e_tag")),
    raw("many problems", '[{"kFactor": "a", "nEvents": "b"}, 5, {"dataset_number": "1", "skims": 1}]',
        (1, NUMBER), (1, "kFactor"), (1, "nEvents"), (2, None), (3, "skims")),
    # CSV.
    csv("a header alone of other names", "a,b\n1,2\n"),
    csv("a header with an empty name", "dataset_number,,kFactor\n1,2,3\n"),
    csv("a header that names a column twice", "dataset_number,kFactor,kFactor\n1,2,3\n"),
    csv("a row that is too short", "dataset_number,kFactor\n1,2\n2\n", (2, None)),
    csv("a row that is too long", "dataset_number,kFactor\n1,2,3\n", (1, None)),
    csv("two ragged rows", "dataset_number,kFactor\n1\n2,3\n4,5,6\n", (1, None), (3, None)),
    csv("a quote that is not closed", 'dataset_number,process\n1,"a\n'),
    csv("a text behind a quote", 'dataset_number,process\n1,"a"b\n'),
    csv("a bad number in a cell", "dataset_number;kFactor\n1;2,5\n", (1, "kFactor")),
    csv("infinity in a cell", "dataset_number\tkFactor\n1\tinf\n", (1, "kFactor")),
    csv("a fraction in a cell", "dataset_number,nEvents\n1,2.5\n", (1, "nEvents")),
    csv("half a list in a cell", 'dataset_number,keywords\n1,"[""a"""\n', (1, "keywords")),
    csv("code in a cell", 'dataset_number,keywords\n1,"[__import__(\'os\').getcwd()]"\n', (1, "keywords")),
    csv("numbers in a list", 'dataset_number,keywords\n1,"[1, 2]"\n', (1, "keywords")),
    csv("a path in a cell", "dataset_number\n../1\n", (1, NUMBER)),
    csv("an empty number", "dataset_number,kFactor\n,1\n", (1, NUMBER)),
    csv("a number twice", "dataset_number\n1\n1\n", (2, NUMBER)),
    csv("a NUL in a cell", "dataset_number,process\n1,a\0b\n", (1, "process")),
    csv("a skim that is a text", "dataset_number,skims\n1,4lep\n", (1, "skims")),
    # NDJSON.
    Case("half a line", b'{"dataset_number":"1"}\n{"dataset\n{"dataset_number":"3"}\n',
         places=((2, None),), file="x.ndjson"),
    Case("an array in lines", b'[{"dataset_number":"1"}]', places=((1, None),), file="x.jsonl"),
    Case("bad values in lines", b'{"dataset_number":"1","kFactor":"a"}\n\n{"kFactor":NaN}\n',
         places=((1, "kFactor"), (2, NUMBER), (2, "kFactor")), file="x.ndjson"),
]  # fmt: skip
