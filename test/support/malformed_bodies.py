"""Malformed requests that write, each with the answer it must get."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

JSON: Mapping[str, str] = {"Content-Type": "application/json"}
NESTED = 400
ABSENT = 10**9


@dataclass(frozen=True, slots=True)
class MalformedBody:
    """One request, and the status, the code, a part of the message and the details it must get.

    The details are item and field of each.
    """

    id: str
    method: str
    url: str
    body: bytes
    status: int
    code: str
    fragment: str
    details: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=lambda: JSON)


def dataset(**more: object) -> dict[str, object]:
    """Return a body that would create a dataset, but for what is added to it."""
    return {"name": "new", "investigation": 1, "type": 1, **more}


def deep(levels: int) -> object:
    """Return lists in lists."""
    value: object = []
    for _ in range(levels):
        value = [value]
    return value


NOT_JSON: tuple[tuple[str, bytes, str], ...] = (
    ("nothing", b"", "the body is empty"),
    ("a space", b" ", "the body is not JSON"),
    ("half an object", b'{"name":', "the body is not JSON"),
    ("a half list", b'[{"name":"a"},', "the body is not JSON"),
    ("two values", b"{}{}", "the body is not JSON"),
    ("a closing comma", b'{"name":"a",}', "the body is not JSON"),
    ("a remark", b'{"name":"a"} // new', "the body is not JSON"),
    ("single quotes", b"{'name':'a'}", "the body is not JSON"),
    ("bare words", b"{name: a}", "the body is not JSON"),
    ("a form", b"name=a&investigation=1", "the body is not JSON"),
    ("XML", b"<dataset name='a'/>", "the body is not JSON"),
    ("Latin-1", b'{"name":"\xe9"}', "the body is not JSON"),
    ("UTF-16", '{"name":"a"}'.encode("utf-16"), "the body is not JSON"),
    ("a byte order mark", b"\xef\xbb\xbf{}", "the body is not JSON"),
    ("a lone surrogate", b'{"name":"\\ud800"}', "the body is not JSON"),
    ("a raw control character", b'{"name":"\x01"}', "the body is not JSON"),
    ("a raw NUL", b'{"name":"\x00"}', "the body is not JSON"),
    ("NaN", b'{"fileSize":NaN}', "the body is not JSON"),
    ("Infinity", b'{"fileSize":-Infinity}', "the body is not JSON"),
    ("a number of 400 digits", b'{"fileSize":1' + b"0" * 400 + b"}", "the body is not JSON"),
    ("a hexadecimal number", b'{"fileSize":0x10}', "the body is not JSON"),
    ("a number with a plus", b'{"fileSize":+1}', "the body is not JSON"),
    ("a number with a zero before", b'{"fileSize":01}', "the body is not JSON"),
    ("100 000 open lists", b"[" * 100_000, "the body is not JSON"),
    ("100 000 open objects", b'{"a":' * 100_000, "the body is not JSON"),
)
"""Bodies that no route takes."""

NO_OBJECTS: tuple[tuple[str, bytes], ...] = (
    ("null", b"null"),
    ("true", b"true"),
    ("a number", b"1"),
    ("a fraction", b"1.5"),
    ("a text", b'"a"'),
    ("an empty text", b'""'),
)

CREATED: tuple[tuple[str, object, str, tuple[tuple[str, str], ...]], ...] = (
    (
        "nothing in it",
        {},
        "name: is required (and 2 more, see details)",
        (("", "name"), ("", "investigation"), ("", "type")),
    ),
    ("a list in a list", [[]], "[0]: must be an object, got []", (("[0]", ""),)),
    ("a number in a list", [1], "[0]: must be an object, got 1", (("[0]", ""),)),
    ("null in a list", [dataset(), None], "[1]: must be an object, got null", (("[1]", ""),)),
    ("a text in a list", ["a"], '[0]: must be an object, got "a"', (("[0]", ""),)),
    ("null for a name", dataset(name=None), "name: cannot be null", (("", "name"),)),
    ("a number for a name", dataset(name=1), "name: must be a text, got 1", (("", "name"),)),
    ("a flag for a name", dataset(name=True), "must be a text, got true", (("", "name"),)),
    ("a list for a name", dataset(name=["a"]), 'must be a text, got ["a"]', (("", "name"),)),
    ("an object for a name", dataset(name={"a": 1}), 'got {"a":1}', (("", "name"),)),
    ("a name too long", dataset(name="x" * 256), "has 256 characters, 255", (("", "name"),)),
    ("a name far too long", dataset(name="ü" * 10**6), "1000000 characters", (("", "name"),)),
    ("NUL in a name", dataset(name="a\0b"), "NUL", (("", "name"),)),
    ("a text for a flag", dataset(complete="maybe"), "true or false", (("", "complete"),)),
    ("null for a flag", dataset(complete=None), "cannot be null", (("", "complete"),)),
    ("two for a flag", dataset(complete=2), "true or false, got 2", (("", "complete"),)),
    ("a list for a flag", dataset(complete=[]), "true or false, got []", (("", "complete"),)),
    ("a text for a number", dataset(fileSize="x"), 'number, got "x"', (("", "fileSize"),)),
    ("a fraction for a number", dataset(fileSize=1.5), "whole number, got", (("", "fileSize"),)),
    ("a flag for a number", dataset(fileSize=True), "whole number, got", (("", "fileSize"),)),
    ("2^63 for a number", dataset(fileSize=2**63), "at most 63 bits", (("", "fileSize"),)),
    ("2^70 for a number", dataset(fileSize=2**70), "at most 63 bits", (("", "fileSize"),)),
    ("-2^63 - 1 for a number", dataset(fileSize=-(2**63) - 1), "63 bits", (("", "fileSize"),)),
    ("an object for a number", dataset(fileSize={}), "whole number", (("", "fileSize"),)),
    ("a word for a date", dataset(startDate="soon"), "must be a date", (("", "startDate"),)),
    ("a wrong date", dataset(startDate="2021-02-29"), "must be a date", (("", "startDate"),)),
    ("a month 13", dataset(startDate="2021-13-01"), "must be a date", (("", "startDate"),)),
    ("an hour 25", dataset(startDate="2021-01-01 25:00"), "a date", (("", "startDate"),)),
    ("a year 10000", dataset(startDate="10000-01-01"), "must be a date", (("", "startDate"),)),
    ("a year 0", dataset(startDate="0000-01-01"), "must be a date", (("", "startDate"),)),
    ("a date as number", dataset(startDate=20210101), "must be a date", (("", "startDate"),)),
    ("an American date", dataset(startDate="12/31/2020"), "a date", (("", "startDate"),)),
    ("an empty date", dataset(startDate=""), "must be a date", (("", "startDate"),)),
    ("a list for a date", dataset(startDate=["2020-01-01"]), "a date", (("", "startDate"),)),
    ("null for a relation", dataset(type=None), "type: cannot be null", (("", "type"),)),
    ("zero for a relation", dataset(type=0), "must be an id", (("", "type"),)),
    ("-1 for a relation", dataset(type=-1), "must be an id", (("", "type"),)),
    ("1.5 for a relation", dataset(type=1.5), "must be an id", (("", "type"),)),
    ("2^63 for a relation", dataset(type=2**63), "must be an id", (("", "type"),)),
    ("2^70 for a relation", dataset(type=2**70), "must be an id", (("", "type"),)),
    ("a word for a relation", dataset(type="raw"), 'must be an id, or {"id": id}', (("", "type"),)),
    ("true for a relation", dataset(type=True), "must be an id", (("", "type"),)),
    ("a list for a relation", dataset(type=[1]), "must be an id", (("", "type"),)),
    ("an empty object for a relation", dataset(type={}), "an id", (("", "type"),)),
    ("a new object for a relation", dataset(type={"name": "x"}), "an id", (("", "type"),)),
    ("more than an id", dataset(type={"id": 1, "name": "x"}), "an id", (("", "type"),)),
    ("an id in an id", dataset(type={"id": {"id": 1}}), "an id", (("", "type"),)),
    ("null in an object", dataset(type={"id": None}), "an id", (("", "type"),)),
    ("a relation twice", dataset(typeID=1), "type is given twice", (("", "typeID"),)),
    ("an unknown type", dataset(type=ABSENT), "no DatasetType with id", (("", "type"),)),
    ("the largest type", dataset(type=2**63 - 1), "no DatasetType with id", (("", "type"),)),
    ("an unknown sample", dataset(sampleID=ABSENT), "no Sample with id", (("", "sample"),)),
    ("an id", dataset(id=1), "id: is set by the server", (("", "id"),)),
    ("a user", dataset(createId="me"), "is set by the server", (("", "createId"),)),
    ("a changer", dataset(modId="me"), "is set by the server", (("", "modId"),)),
    ("a moment", dataset(createTime="2020-01-01"), "set by the server", (("", "createTime"),)),
    ("a later moment", dataset(modTime=None), "is set by the server", (("", "modTime"),)),
    ("an unknown key", dataset(nam=1), "did you mean name", (("", "nam"),)),
    ("a key in capitals", dataset(NAME="a"), "did you mean name", (("", "NAME"),)),
    ("a singular", dataset(datafile=[]), "did you mean datafiles", (("", "datafile"),)),
    ("an empty key", {**dataset(), "": 1}, "has no such attribute", (("", ""),)),
    ("a dotted key", {**dataset(), "sample.id": 1}, "mean sample", (("", "sample.id"),)),
    ("a column's name", dataset(TYPE_ID=1), "has no such attribute", (("", "TYPE_ID"),)),
    ("a list's id", dataset(datafilesID=1), "mean datafiles", (("", "datafilesID"),)),
    ("a number for a list", dataset(datafiles=1), "must be a list", (("", "datafiles"),)),
    ("null for a list", dataset(datafiles=None), "must be a list", (("", "datafiles"),)),
    ("an object for a list", dataset(datafiles={}), "must be a list", (("", "datafiles"),)),
    (
        "ids in a list",
        dataset(datafiles=[1, 2]),
        "datafiles[0]: must be an object, got 1",
        (("datafiles[0]", ""), ("datafiles[1]", "")),
    ),
    (
        "what exists in a list",
        dataset(datafiles=[{"id": 1}]),
        "datafiles[0] id: is set by the server",
        (("datafiles[0]", "id"), ("datafiles[0]", "name")),
    ),
    (
        "an owner named again",
        dataset(datafiles=[{"name": "a", "dataset": 1}]),
        "follows from where the object stands",
        (("datafiles[0]", "dataset"),),
    ),
    (
        "a bad grandchild",
        [dataset(datafiles=[{"name": "a", "parameters": [{"numericValue": "x"}]}])],
        "[0].datafiles[0].parameters[0] numericValue: must be a number",
        (
            ("[0].datafiles[0].parameters[0]", "numericValue"),
            ("[0].datafiles[0].parameters[0]", "type"),
        ),
    ),
    (
        "a grandchild of an unknown type",
        dataset(datafiles=[{"name": "a", "parameters": [{"type": ABSENT}]}]),
        "there is no ParameterType with id",
        (("datafiles[0].parameters[0]", "type"),),
    ),
    ("lists of 400 levels", dataset(name=deep(NESTED)), "must be a text", (("", "name"),)),
    ("lists for a body", deep(NESTED), "[0]: must be an object", (("[0]", ""),)),
    (
        "1000 numbers",
        [0] * 1000,
        "(and 99 more, see details)",
        tuple((f"[{number}]", "") for number in range(100)),
    ),
    (
        "several mistakes in several items",
        [dataset(), dataset(name=1, type="x"), dataset(), dataset(foo=1)],
        "[1] name: must be a text, got 1 (and 2 more, see details)",
        (("[1]", "name"), ("[1]", "type"), ("[3]", "foo")),
    ),
    (
        "an unknown type in the last of many",
        [dataset(name=f"n{n}") for n in range(50)] + [dataset(type=ABSENT)],
        "[50] type: there is no DatasetType",
        (("[50]", "type"),),
    ),
)

TAKEN: tuple[tuple[str, str, str, object, str, tuple[tuple[str, str], ...]], ...] = (
    (
        "a taken name",
        "POST",
        "/datasets",
        dataset(name="DATASET 1"),
        'Dataset exists with investigation = 1, name = "DATASET 1"',
        (("", "investigation, name"),),
    ),
    (
        "a taken name in a list",
        "POST",
        "/datasets",
        [dataset(), dataset(name="DATASET 2")],
        '[1]: Dataset exists with investigation = 1, name = "DATASET 2"',
        (("[1]", "investigation, name"),),
    ),
    (
        "one name twice",
        "POST",
        "/datasets",
        [dataset(), dataset(investigation=2), dataset()],
        "[2]: Dataset has the same unique key as [0]",
        (("[2]", "investigation, name"),),
    ),
    (
        "one name twice below",
        "POST",
        "/datasets",
        dataset(datafiles=[{"name": "a"}, {"name": "a"}]),
        "datafiles[1]: Datafile has the same unique key as datafiles[0]",
        (("datafiles[1]", "dataset, name"),),
    ),
    (
        "a taken name by change",
        "PATCH",
        "/datasets/1",
        {"name": "DATASET 2"},
        'Dataset exists with investigation = 1, name = "DATASET 2"',
        (("", "investigation, name"),),
    ),
    (
        "a taken name by move",
        "PATCH",
        "/datasets",
        [{"id": 1, "investigation": 2}],
        '[0]: Dataset exists with investigation = 2, name = "DATASET 1"',
        (("[0]", "investigation, name"),),
    ),
)

CHANGED: tuple[tuple[str, object, str, tuple[tuple[str, str], ...]], ...] = (
    ("no id", {"name": "a"}, "must be the whole number of what is to change", (("", "id"),)),
    ("an item without id", [{"id": 1}, {}], "[1] id: must be the whole number", (("[1]", "id"),)),
    ("id 0", [{"id": 0}], "id: must be the whole number of", (("[0]", "id"),)),
    ("id -1", [{"id": -1}], "id: must be the whole number of", (("[0]", "id"),)),
    ("id 1.5", [{"id": 1.5}], "id: must be the whole number of", (("[0]", "id"),)),
    ("id 2^63", [{"id": 2**63}], "id: must be the whole number of", (("[0]", "id"),)),
    ("id 2^70", [{"id": 2**70}], "id: must be the whole number of", (("[0]", "id"),)),
    ("id x", [{"id": "x"}], "id: must be the whole number of", (("[0]", "id"),)),
    ("id true", [{"id": True}], "id: must be the whole number of", (("[0]", "id"),)),
    ("id null", [{"id": None}], "id: must be the whole number of", (("[0]", "id"),)),
    ("id in a list", [{"id": [1]}], "id: must be the whole number of", (("[0]", "id"),)),
    ("id in an object", [{"id": {"id": 1}}], "must be the whole number", (("[0]", "id"),)),
    ("ID in capitals", [{"ID": 1}], "id: must be the whole", (("[0]", "id"), ("[0]", "ID"))),
    ("one id twice", [{"id": 1}, {"id": 1}], "1 is given more than once", (("[1]", "id"),)),
    ("one id in two forms", [{"id": 1}, {"id": "01"}], "more than once", (("[1]", "id"),)),
    ("a number in a list", [{"id": 1}, 1], "[1]: must be an object, got 1", (("[1]", ""),)),
    ("a list in a list", [[{"id": 1}]], "[0]: must be an object", (("[0]", ""),)),
    (
        "several mistakes",
        [{"id": 1, "name": 1}, {"id": 2, "nam": "a", "sample": "x"}],
        "[0] name: must be a text, got 1 (and 2 more, see details)",
        (("[0]", "name"), ("[1]", "nam"), ("[1]", "sample")),
    ),
    (
        "an unknown sample",
        [{"id": 1}, {"id": 2, "sample": ABSENT}],
        "[1] sample: there is no Sample with id",
        (("[1]", "sample"),),
    ),
)

CHANGED_ONE: tuple[tuple[str, object, str, tuple[tuple[str, str], ...]], ...] = (
    ("an id", {"id": 1, "name": "a"}, "id: is set by the server, leave it out", (("", "id"),)),
    ("a user", {"modId": "me"}, "modId: is set by the server", (("", "modId"),)),
    ("a moment", {"createTime": "2020-01-01"}, "set by the server", (("", "createTime"),)),
    ("null for a name", {"name": None}, "name: cannot be null", (("", "name"),)),
    ("null for a flag", {"complete": None}, "complete: cannot be null", (("", "complete"),)),
    ("null for a relation", {"type": None}, "type: cannot be null", (("", "type"),)),
    ("null for its id", {"typeID": None}, "typeID: cannot be null", (("", "typeID"),)),
    ("a list of others", {"datafiles": []}, "change those themselves", (("", "datafiles"),)),
    ("others by id", {"datafiles": [1]}, "change those themselves", (("", "datafiles"),)),
    ("a name too long", {"name": "x" * 256}, "has 256 characters", (("", "name"),)),
    ("an unknown key", {"nmae": "x"}, "did you mean name", (("", "nmae"),)),
    ("a bad date", {"startDate": "x"}, "must be a date", (("", "startDate"),)),
    ("a bad relation", {"sample": "rod"}, "must be an id", (("", "sample"),)),
    ("an unknown sample", {"sample": ABSENT}, "no Sample with id", (("", "sample"),)),
)

OTHERS: tuple[tuple[str, str, str, object, str, tuple[tuple[str, str], ...]], ...] = (
    (
        "an unknown status",
        "POST",
        "/studies",
        {"name": "a", "status": "bad"},
        "status: must be one of NEW, IN_PROGRESS, COMPLETE, CANCELLED",
        (("", "status"),),
    ),
    (
        "a status by number",
        "PATCH",
        "/studies/1",
        {"status": 1},
        "must be one of NEW",
        (("", "status"),),
    ),
    (
        "a parameter of a type for others",
        "POST",
        "/datafileparameters",
        {"datafile": 1, "type": 1, "numericValue": 1},
        "type: temperature is not applicable to a Datafile",
        (("", "type"),),
    ),
    (
        "a parameter without type",
        "POST",
        "/datasetparameters",
        {"dataset": 1, "numericValue": 1},
        "type: is required",
        (("", "type"),),
    ),
    (
        "a number that is none",
        "PATCH",
        "/datasetparameters/1",
        {"numericValue": "inf"},
        "must be a number",
        (("", "numericValue"),),
    ),
    (
        "a rule with other flags",
        "POST",
        "/rules",
        {"crudFlags": "X", "what": "Facility"},
        "must be letters of CRUD",
        (("", "crudFlags"),),
    ),
    (
        "a public step to nowhere",
        "POST",
        "/publicsteps",
        {"origin": "Dataset", "field": "nope"},
        "field: must be a relation of Dataset",
        (("", "field"),),
    ),
    (
        "a public step from nowhere",
        "POST",
        "/publicsteps",
        {"origin": "Nothing", "field": "x"},
        "origin: must be the name of an entity",
        (("", "origin"),),
    ),
    (
        "an integer of 32 bits",
        "POST",
        "/facilities",
        {"name": "a", "daysUntilRelease": 2**31},
        "at most 31 bits",
        (("", "daysUntilRelease"),),
    ),
    (
        "a file's bad size",
        "PATCH",
        "/datafiles/1",
        {"fileSize": -(2**63) - 1},
        "whole number",
        (("", "fileSize"),),
    ),
)

UNFOUND: tuple[tuple[str, str, object], ...] = (
    ("PATCH", f"/datasets/{ABSENT}", {"name": "a"}),
    ("PATCH", "/datasets/0", {"name": "a"}),
    ("PATCH", f"/datasets/{2**63 - 1}", {}),
    ("PATCH", f"/datasets/{2**70}", {}),
    ("PATCH", "/datasets", [{"id": 1, "name": "a"}, {"id": ABSENT, "name": "b"}]),
    ("DELETE", f"/datasets/{ABSENT}", None),
    ("DELETE", "/datasets/0", None),
    ("DELETE", f"/datasets/{2**63}", None),
    ("DELETE", "/rules/1", None),
)

ADDRESSES: tuple[tuple[str, str], ...] = (
    ("PATCH", "/datasets/-1"),
    ("PATCH", "/datasets/1.5"),
    ("PATCH", "/datasets/x"),
    ("DELETE", "/datasets/-1"),
    ("DELETE", "/datasets/x"),
    ("DELETE", "/datasets/1,2"),
    ("POST", "/dataset"),
    ("DELETE", "/nothing/1"),
)

KINDS = (
    "text/plain",
    "text/json",
    "application/xml",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/octet-stream",
    "application/jsonp",
    "",
)
ROUTES = (("POST", "/datasets"), ("PATCH", "/datasets"), ("PATCH", "/datasets/1"))


def encoded(body: object) -> bytes:
    return b"" if body is None else json.dumps(body).encode()


def rows() -> Iterator[MalformedBody]:
    """Yield every malformed request that writes."""
    yield from _unread()
    bad = 400, "bad_request"
    for id_, body, fragment, details in CREATED:
        yield MalformedBody(
            f"create: {id_}", "POST", "/datasets", encoded(body), *bad, fragment, details
        )
    for id_, body, fragment, details in CHANGED:
        yield MalformedBody(
            f"change: {id_}", "PATCH", "/datasets", encoded(body), *bad, fragment, details
        )
    for id_, body, fragment, details in CHANGED_ONE:
        yield MalformedBody(
            f"change one: {id_}", "PATCH", "/datasets/1", encoded(body), *bad, fragment, details
        )
    for id_, method, url, body, fragment, details in OTHERS:
        yield MalformedBody(id_, method, url, encoded(body), *bad, fragment, details)
    for id_, method, url, body, fragment, details in TAKEN:
        yield MalformedBody(
            f"taken: {id_}", method, url, encoded(body), 400, "already_exists", fragment, details
        )
    yield from _unfound()


def _unread() -> Iterator[MalformedBody]:
    """Yield what is refused before a key of it is looked at."""
    for id_, body, fragment in NOT_JSON:
        for method, url in ROUTES[:1] if id_ != "nothing" else ROUTES:
            yield MalformedBody(
                f"{method} {url}: {id_}", method, url, body, 400, "bad_request", fragment
            )
    for id_, body in NO_OBJECTS:
        for method, url in ROUTES:
            fragment = "must be a JSON object" if url.endswith("1") else "an object or a list"
            yield MalformedBody(
                f"{method} {url}: {id_}", method, url, body, 400, "bad_request", fragment
            )
    yield MalformedBody(
        "a list of changes of one", "PATCH", "/datasets/1", b"[]", 400, "bad_request", "must be a"
    )
    for kind in KINDS:
        headers = {"Content-Type": kind} if kind else {}
        for method, url in ROUTES:
            id_ = f"{method} {url}: type {kind!r}"
            code, fragment = "unsupported_media_type", "the body must be JSON"
            yield MalformedBody(id_, method, url, b"{}", 415, code, fragment, headers=headers)


def _unfound() -> Iterator[MalformedBody]:
    for method, url, body in UNFOUND:
        fragment = "there is no " + ("Rule" if "rules" in url else "Dataset") + " with id"
        yield MalformedBody(
            f"{method} {url} unknown", method, url, encoded(body), 404, "not_found", fragment
        )
    for method, url in ADDRESSES:
        fragment = "nothing at this address"
        yield MalformedBody(f"{method} {url}", method, url, b"{}", 404, "not_found", fragment)
