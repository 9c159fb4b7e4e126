"""The predecessor's recorded requests get its recorded answers, but for the listed exceptions.

`recordings_exceptions.yaml` beside this file lists every difference with the sentence of the
specification that demands it. The recordings are explained in ../shared/data/README.md; a copy
of their catalogue in MariaDB and PostgreSQL has to answer with the same bytes as SQLite.
"""

import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
import yaml

from test.support import recorded_catalogue
from test.support.recorded_catalogue import StoredRows
from test.support.recordings import (
    ABSENT,
    PASSWORDS,
    Answer,
    Record,
    Replay,
    as_multiset,
    differences,
    records,
)

LISTED = yaml.safe_load(Path(__file__).with_name("recordings_exceptions.yaml").read_text("utf-8"))
REASONS = {**LISTED["attributes"], **LISTED["answers"]}
DEMANDED = {id_: ask for kind in LISTED["answers"].values() for id_, ask in kind["records"].items()}
CODES = {
    400: {"bad_filter", "bad_request"},
    401: {"no_credentials"},
    403: {"session_invalid", "forbidden"},
    404: {"not_found"},
    405: {"method_not_allowed"},
}
RECORDS = {record.id: record for record in records()}
ALONE = [record for record in RECORDS.values() if not record.is_write]
READS = [record for record in ALONE if record.is_read]
SEQUENCES = {
    name: list(found)
    for name, found in groupby(
        (record for record in RECORDS.values() if record.is_write), lambda record: record.sequence
    )
}

Replays = Mapping[str, Replay]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run one test for each record; without the recorded data one that skips."""
    for name, chosen in (("record", ALONE), ("read", READS)):
        if name in metafunc.fixturenames:
            ids = [record.id for record in chosen] or ["absent"]
            metafunc.parametrize(name, chosen or [None], ids=ids)
    if "sequence" in metafunc.fixturenames:
        metafunc.parametrize("sequence", list(SEQUENCES) or ["absent"])


@pytest.fixture(scope="module")
def catalogue_file(shared_data, tmp_path_factory) -> Path:
    return recorded_catalogue.unpack(shared_data, tmp_path_factory.mktemp("recorded"))


@pytest.fixture(scope="module")
def stored(catalogue_file) -> Iterator[StoredRows]:
    rows = StoredRows(catalogue_file)
    yield rows
    rows.close()


@pytest.fixture(scope="module")
def replays(catalogue_file) -> Iterator[Replays]:
    """An app for each recording, over the recorded SQLite file itself."""
    yield from opened(f"sqlite:///{catalogue_file}")


@pytest.fixture(scope="module", params=["mariadb", "postgresql"])
def copied(catalogue_file, request) -> Iterator[Replays]:
    """An app for each recording, over a copy of the recorded catalogue in another database."""
    server = request.getfixturevalue(f"{request.param}_server")
    # SQLite compares texts byte by byte; so does this collation, and PostgreSQL by itself.
    collation = "utf8mb4_nopad_bin" if request.param == "mariadb" else None
    url = server.create_database(collation=collation)
    recorded_catalogue.copy(catalogue_file, url)
    yield from opened(url)
    server.drop_database(url)


def opened(url: str) -> Iterator[Replays]:
    found = {recording: Replay(url, recording) for recording in PASSWORDS}
    yield found
    for replay in found.values():
        replay.close()


def test_a_recorded_request_gets_the_recorded_answer(record, replays, stored):
    assert_recorded(record, replays[record.recording].send(record), stored)


def test_recorded_writes_get_the_recorded_answers(sequence, catalogue_file, stored, tmp_path):
    shutil.copy(catalogue_file, tmp_path / "copy.sqlite")
    url = f"sqlite:///{tmp_path}/copy.sqlite"
    replay = Replay(url, SEQUENCES[sequence][0].recording, read_only=False)
    for record in SEQUENCES[sequence]:
        assert_recorded(record, replay.send(record), stored)
    replay.close()


def assert_recorded(record: Record, answer: Answer, stored: StoredRows) -> None:
    """Hold an answer against the recorded one, or against what is demanded instead of it."""
    status = record.status
    demanded: Any = record.answer
    if record.id in DEMANDED:
        status, demanded = demanded_instead(record, stored)
    assert status < 500, "a failure of the predecessor has to be judged in the exceptions file"
    assert answer.status == status, (record.id, answer.value)
    if status >= 400:
        assert_error(answer, CODES[status] if record.id not in DEMANDED else {demanded})
    elif record.method == "OPTIONS":
        assert differences(headers_of(record.answered_headers), headers_of(answer.headers)) == (
            exceptions_of(record)
        )
    else:
        arranged = as_multiset if record.is_unordered else lambda value: value
        found = differences(arranged(demanded), arranged(answer.value))
        assert found == exceptions_of(record), record.id


def demanded_instead(record: Record, stored: StoredRows) -> tuple[int, Any]:
    """Return the status and the JSON, or the error's code, that are listed for a record."""
    ask = DEMANDED[record.id]
    if "error" in ask:
        assert ask["status"] != record.status, "the exception is none"
        return ask["status"], ask["error"]
    value = demanded_value(record, ask, stored)
    assert record.status >= 300 or differences(record.answer, value), "the exception is none"
    return 200, value


def demanded_value(record: Record, ask: Mapping[str, Any], stored: StoredRows) -> Any:
    if "rows" in ask:
        endpoint = re.split("[/?]", record.url.lower())[1]
        return stored.answer(endpoint, ask["rows"])
    if "as" in ask:
        return RECORDS[ask["as"]].answer
    if "value" in ask:
        return ask["value"]
    if "row" in ask:
        return rows_of(record)[ask["row"]]
    kept = [row for place, row in enumerate(rows_of(record)) if place not in ask["without"]]
    for place in ask["without"]:
        assert rows_of(record)[place] in kept, "only a row that repeats another may go"
    for other, id_ in ask.get("then", {}).items():
        kept += [row for row in rows_of(RECORDS[other]) if row["id"] == id_]
    assert len(kept) == len(rows_of(record)) - len(ask["without"]) + len(ask.get("then", {}))
    return kept


def rows_of(record: Record) -> list[dict[str, Any]]:
    assert isinstance(record.answer, list)
    return record.answer


def exceptions_of(record: Record) -> dict[str, tuple[Any, Any]]:
    """Return the single differences listed for a record, as `differences` returns them."""
    return {
        place: (kind.get("theirs", ABSENT), kind.get("ours", ABSENT))
        for kind in LISTED["attributes"].values()
        for place in kind["records"].get(record.id, ())
    }


def headers_of(found: Mapping[str, str]) -> dict[str, str]:
    """Return the headers of a preflight's answer that the recordings hold."""
    named = {name.lower(): value for name, value in found.items()}
    named["allow"] = " ".join(sorted(named["allow"].split(", ")))
    held = re.compile("access-control-allow-|allow|vary")
    return {name: value for name, value in named.items() if held.match(name)}


def assert_error(answer: Answer, codes: set[str]) -> None:
    """Check the one shape of errors, and that only a session's own speak of sessions."""
    assert answer.value.keys() - {"details"} == {"message", "code", "status", "requestId"}
    assert answer.value["status"] == answer.status
    assert answer.value["code"] in codes
    speaks = "session" in answer.value["message"].lower()
    assert speaks == (answer.value["code"] == "session_invalid")


def test_a_read_has_the_same_bytes_from_every_database(read, replays, copied):
    expected, answer = (replay[read.recording].send(read) for replay in (replays, copied))
    assert answer.status == expected.status
    if expected.status < 400:
        assert answer.body == expected.body
    else:
        ids = expected.value.pop("requestId"), answer.value.pop("requestId")
        assert answer.value == expected.value
        assert len(set(ids)) == 2


def test_every_record_is_replayed_alone_or_in_its_sequence(shared_data):
    counts = Counter((record.recording, record.is_write) for record in RECORDS.values())
    assert counts == {
        ("frontend_golden", False): 124,
        ("frontend_golden", True): 1,
        ("catalogue_golden", False): 308,
        ("catalogue_golden", True): 56,
    }
    assert [len(found) for found in SEQUENCES.values()] == [1, 7, 4, 4, 8, 12, 7, 11, 3]


def test_no_recorded_answer_is_cut(shared_data):
    assert RECORDS
    for record in RECORDS.values():
        assert not (isinstance(record.answer, dict) and "total_length" in record.answer)


def test_the_exceptions_are_of_replayed_records(shared_data):
    listed = [id_ for kind in REASONS.values() for id_ in kind["records"]]
    assert set(listed) <= set(RECORDS)
    whole = [id_ for kind in LISTED["answers"].values() for id_ in kind["records"]]
    assert len(whole) == len(set(whole))


@pytest.mark.parametrize("reason", REASONS)
def test_the_specification_has_the_sentence_that_demands_an_exception(reason, shared_data):
    kind = REASONS[reason]
    specification = (shared_data.parent / "specs" / kind["file"]).read_text(encoding="utf-8")
    assert kind["demands"] in " ".join(specification.split())
    assert kind["predecessor"]
    assert kind["section"]


def test_a_difference_is_found_wherever_it_is():
    theirs = {"a": [1, {"b": None}], "c": True, "d": 1}
    ours = {"a": [1, {"b": ""}, 3], "c": 1, "e": json.loads("1.0")}
    assert differences(theirs, ours) == {
        ".a.length": (2, 3),
        ".a[1].b": (None, ""),
        ".c": (True, 1),
        ".d": (1, ABSENT),
        ".e": (ABSENT, 1.0),
    }
    assert differences({"n": 1}, {"n": 1.0}) == {}
