"""The benchmark of open-data releases runs, and what it measures is within the bounds."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# What a busy machine adds to the CPU time of the same work.
SLACK = 2

pytestmark = pytest.mark.skipif(
    shutil.which("wrk") is None or not Path("/proc/self/stat").exists(),
    reason="wrk is absent; remedy: install the Debian package wrk",
)


def test_uploads_and_pages_stay_within_their_bounds(tmp_path):
    command = [sys.executable, "-m", "util.benchmark.releases", "--seconds", "1"]
    done = subprocess.run(
        [*command, "--json", str(tmp_path / "found.json")], cwd=tmp_path, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "found.json").read_text())
    first, second = found["uploads"]
    assert 29 < found["file_mb"] < 31
    assert (first["answer"]["created"], second["answer"]["unchanged"]) == (10_000, 10_000)
    assert max(first["peak_mb"], second["peak_mb"]) <= 300
    assert first["seconds"] <= 6 * SLACK
    assert second["seconds"] <= 3 * SLACK
    assert found["reads"]["1000 datasets"]["cpu"] <= 8 * SLACK
    assert found["reads"]["1000 datasets"]["bytes"] > 2_900_000
