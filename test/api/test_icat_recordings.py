"""The recorded requests through ICAT: the recorded answers, and the bytes of the database backend.

Both backends stand over one copy of the recorded catalogue; ICAT is a stand-in that is spoken to
over HTTP by the real python-icat. `test_recordings.py` explains what is recorded and excepted.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from test.api.test_recordings import (
    SEQUENCES,
    Replays,
    assert_recorded,
    catalogue_file,
    pytest_generate_tests,
    replays,
    stored,
)
from test.support.icat_server import IcatServer
from test.support.recorded_catalogue import restore
from test.support.recordings import PASSWORDS, USERS, Replay

__all__ = ["catalogue_file", "pytest_generate_tests", "replays", "stored"]

EVERYBODY = ("--root-users", " ".join(("anon/anon", *(f"simple/{name}" for name in USERS))))


@contextmanager
def replay_of(
    folder: Path, url: str, recording: str, *, read_only: bool = True, road: str = "auto"
) -> Iterator[Replay]:
    """Have an app whose ICAT serves a copy of the recorded catalogue to the recording's users."""
    users = {"simple": dict.fromkeys(USERS, PASSWORDS[recording]), "anon": True}
    with IcatServer(folder, url, *EVERYBODY, users=users) as server:
        replay = Replay(
            url,
            recording,
            read_only=read_only,
            backend="python_icat",
            icat_url=server.url,
            icat_read_through=road,
        )
        yield replay
        replay.close()


def through(folder: Path, url: str, **changes: Any) -> Iterator[Replays]:
    first, second = PASSWORDS
    with (
        replay_of(folder, url, first, **changes) as one,
        replay_of(folder, url, second, **changes) as other,
    ):
        yield {first: one, second: other}


@pytest.fixture(scope="module", params=["rest", "soap"])
def through_icat(catalogue_file, request, tmp_path_factory) -> Iterator[Replays]:
    """An app for each recording, over ICAT and the recorded SQLite file itself."""
    folder = tmp_path_factory.mktemp("icat")
    yield from through(folder, f"sqlite:///{catalogue_file}", road=request.param)


@pytest.fixture(scope="module")
def copied_file(catalogue_file, tmp_path_factory) -> Path:
    return Path(shutil.copy(catalogue_file, tmp_path_factory.mktemp("copied") / "copy.sqlite"))


@pytest.fixture(scope="module")
def writable(copied_file) -> Iterator[Replays]:
    """An app for each recording, over ICAT and a copy that may change."""
    yield from through(copied_file.parent, f"sqlite:///{copied_file}", read_only=False)


def test_a_recorded_request_gets_the_recorded_answer_through_icat(
    record, replays, through_icat, stored
):
    """And a read has the same bytes from both backends."""
    answer = through_icat[record.recording].send(record)
    assert_recorded(record, answer, stored)
    if not record.is_read:
        return
    expected = replays[record.recording].send(record)
    if expected.status < 400:
        assert answer.body == expected.body
    else:
        ids = expected.value.pop("requestId"), answer.value.pop("requestId")
        assert answer.value == expected.value
        assert len(set(ids)) == 2


def test_recorded_writes_get_the_recorded_answers_through_icat(
    sequence, catalogue_file, copied_file, writable, stored
):
    restore(catalogue_file, copied_file)
    writable[SEQUENCES[sequence][0].recording].log_in()
    for record in SEQUENCES[sequence]:
        assert_recorded(record, writable[record.recording].send(record), stored)
