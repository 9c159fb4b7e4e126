"""Several processes share the tests, and the live ones have the machine for themselves."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

MODULE = """
import os, time, pytest
from pathlib import Path

@pytest.mark.parametrize("value", ["one", "two::three", "four"])
def test_it(value):
    began = time.monotonic()
    time.sleep(0.05)
    with Path({record!r}).open("a") as record:
        print(os.getpid(), {name!r}, began, time.monotonic(), file=record)
"""


@pytest.fixture
def record(tmp_path):
    """What a run of some tests, two of the modules live ones, wrote down."""
    record = tmp_path / "record"
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --import-mode=importlib\n")
    for name in ("live/test_c", "live/test_d", "unit/test_a", "unit/test_b", "unit/test_e"):
        path = tmp_path / "test" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(MODULE.format(record=str(record), name=name))

    def run(*options: str) -> list[tuple[str, str, float, float]]:
        record.unlink(missing_ok=True)
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
        command += ["-c", str(tmp_path / "pytest.ini")]
        command += ["-p", "xdist", "-p", "test.support.scheduling"]
        done = subprocess.run(
            command,
            cwd=tmp_path,
            env={"PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        lines = [line.split() for line in record.read_text().splitlines()]
        return [(pid, name, float(began), float(ended)) for pid, name, began, ended in lines]

    return run


def test_two_processes_share_the_tests_and_one_runs_the_live_ones_at_the_end(record):
    found = record("-n", "2", "--dist", "loadscope")
    live = [each for each in found if each[1].startswith("live")]
    others = [each for each in found if not each[1].startswith("live")]
    assert (len(live), len(others)) == (6, 9)
    assert len({pid for pid, *_ in others}) == 2
    assert len({pid for pid, *_ in live}) == 1
    assert max(ended for *_, ended in others) <= min(began for _, _, began, _ in live)


def test_a_module_stays_in_one_process(record):
    found = record("-n", "3", "--dist", "loadscope", "test/unit")
    assert len({(pid, name) for pid, name, *_ in found}) == 3


def test_live_tests_alone_run_in_one_process(record):
    found = record("-n", "2", "--dist", "loadscope", "test/live")
    assert len(found) == 6
    assert len({pid for pid, *_ in found}) == 1


def test_one_process_runs_the_live_tests_last_too(record):
    names = [name for _, name, *_ in record()]
    assert names == sorted(names, key=lambda name: name.startswith("live"))
