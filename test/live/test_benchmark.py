"""The benchmark runs from its beginning to its end."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(
    shutil.which("wrk") is None or not Path("/proc/self/stat").exists(),
    reason="wrk is absent; remedy: install the Debian package wrk",
)


def run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "util.benchmark", "--years", "1", "--seconds", "1", *options]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        command, cwd=folder, env=environ, capture_output=True, text=True, check=False
    )


def test_a_run_measures_the_server_and_both_floors(tmp_path):
    done = run(tmp_path, "--cases", "ping,by id", "--json", "found.json")
    assert done.returncode == 0, done.stderr
    assert "by id: /investigations/$row" in done.stdout
    found = json.loads((tmp_path / "found.json").read_text())["SQLite"]
    assert [each["name"] for each in found] == ["ping", "by id"]
    for each in found:
        assert each["load"]["requests_per_second"] > 1
        assert each["load"]["cpu"] > 0
        assert each["flask_cpu"] > 0
        assert each["raw_cpu"] > 0
        assert each["load"]["p50"] <= each["load"]["p99"]


def test_a_case_that_does_not_exist_is_refused(tmp_path):
    done = run(tmp_path, "--cases", "nothing")
    assert done.returncode == 2
    assert "the names are: ping; investigations, limit 25" in done.stderr


def test_the_icat_backend_takes_a_tenth_of_what_python_icat_takes(tmp_path):
    """For reading a long list, everything outside ICAT and the network; on either road."""
    options = ("--backend", "python_icat", "--cases", "datafiles", "--seconds", "3")
    done = run(tmp_path, *options, "--json", "found.json")
    assert done.returncode == 0, done.stderr
    (found,) = json.loads((tmp_path / "found.json").read_text())["SQLite"]
    assert found["costs"]["plain"] > 0
    assert max(found["shares"].values()) <= 0.1
    assert min(found["per_second"].values()) > 1
