"""A log file that several processes rotate together loses no line."""

import logging
import multiprocessing
from pathlib import Path

import pytest

from datagateway_api.core.errors import ConfigurationError
from datagateway_api.settings import Settings
from datagateway_api.web import logs
from datagateway_api.web.log_files import SharedFile

PROCESSES, LINES = 4, 600
BYTES, KEPT = 5000, 200


def handler(path: Path) -> SharedFile:
    found = SharedFile(path, maxBytes=BYTES, backupCount=KEPT, encoding="utf-8")
    found.setFormatter(logging.Formatter("%(message)s"))
    return found


def write(to: SharedFile, number: int) -> None:
    """Write lines in a process that was forked, so with what its parent had opened."""
    for line in range(LINES):
        to.handle(logging.makeLogRecord({"msg": f"process {number} line {line:04}"}))


@pytest.fixture
def written(tmp_path):
    path = tmp_path / "api.log"
    shared = handler(path)
    fork = multiprocessing.get_context("fork")
    processes = [fork.Process(target=write, args=(shared, n)) for n in range(PROCESSES)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        assert process.exitcode == 0
    shared.close()
    return [each for each in tmp_path.glob("api.log*") if each.suffix != ".lock"]


def test_no_line_is_lost_or_torn_and_no_file_grows_beyond_its_size(written):
    lines = [line for file in written for line in file.read_text().splitlines()]
    wanted = [f"process {n} line {line:04}" for n in range(PROCESSES) for line in range(LINES)]
    assert sorted(lines) == sorted(wanted)
    sizes = [file.stat().st_size for file in written]
    # Each process may add one line to a file that another is about to rotate.
    assert max(sizes) <= BYTES + PROCESSES * len(wanted[0]) + PROCESSES
    assert len(sizes) >= len(wanted) * len(wanted[0]) / BYTES
    # Rotated when full: no two processes rotate the same file away one after the other.
    assert sorted(sizes)[1] > BYTES / 2


def test_a_file_that_logrotate_moved_is_opened_anew(tmp_path):
    path = tmp_path / "api.log"
    shared = handler(path)
    shared.handle(logging.makeLogRecord({"msg": "one"}))
    path.rename(tmp_path / "api.log.old")
    shared.handle(logging.makeLogRecord({"msg": "two"}))
    shared.close()
    assert (path.read_text(), (tmp_path / "api.log.old").read_text()) == ("two\n", "one\n")


def test_no_more_files_are_kept_than_asked_for(tmp_path):
    shared = SharedFile(tmp_path / "api.log", maxBytes=100, backupCount=2)
    for line in range(50):
        shared.handle(logging.makeLogRecord({"msg": f"line {line:050}"}))
    shared.close()
    names = {file.name for file in tmp_path.iterdir()}
    assert names == {"api.log", "api.log.1", "api.log.2", "api.log.lock"}


def test_a_place_that_cannot_be_written_to_is_a_problem_of_the_settings(tmp_path):
    settings = Settings(log_location=str(tmp_path))
    with pytest.raises(
        ConfigurationError, match=r"log_location: .* cannot be written to: Is a dir"
    ):
        logs.configure(settings)
