"""The folder in which workers count: what one that has ended counted is kept, in one file."""

import os
import subprocess
import sys

import pytest

from datagateway_api.web import counting_folder

# prometheus-client looks for the folder when it is imported, so each worker is a process.
WORKER = """
import os, sys
from prometheus_client import Counter, Gauge, Histogram, CollectorRegistry
registry = CollectorRegistry()
Counter("asked", "help", ["who"], registry=registry).labels("one").inc(int(sys.argv[1]))
Histogram("took", "help", buckets=(1, 10), registry=registry).observe(int(sys.argv[1]))
Gauge("now", "help", multiprocess_mode="livesum", registry=registry).set(int(sys.argv[1]))
print(os.getpid())
"""
LOOK = """
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
registry = CollectorRegistry()
MultiProcessCollector(registry)
print(generate_latest(registry).decode())
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(counting_folder.VARIABLE, str(tmp_path / "metrics"))
    counting_folder.prepare(os.environ)
    return tmp_path / "metrics"


def run(program: str, *arguments: str) -> str:
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_what_workers_counted_stays_when_they_end_and_their_files_go(folder):
    workers = [int(run(WORKER, number)) for number in ("2", "3", "20")]
    assert "now 25.0" in run(LOOK)
    for worker in workers[:2]:
        counting_folder.bury(worker)
    counting_folder.bury(1)
    shown = run(LOOK)
    assert 'asked_total{who="one"} 25.0' in shown
    assert 'took_bucket{le="10.0"} 2.0' in shown
    assert 'took_bucket{le="+Inf"} 3.0' in shown
    assert "took_sum 25.0" in shown
    assert "now 20.0" in shown
    names = {file.name for file in folder.iterdir()}
    assert names == {"lock", "counter_gone.db", "histogram_gone.db"} | {
        f"{kind}_{workers[2]}.db" for kind in ("counter", "histogram", "gauge_livesum")
    }


def test_a_folder_of_an_earlier_server_is_emptied(folder):
    (folder / "counter_gone.db").write_bytes(b"old")
    counting_folder.prepare(os.environ)
    assert list(folder.iterdir()) == []


def test_a_server_that_takes_over_makes_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    program = "from datagateway_api.web import counting_folder as c; e = {}; c.prepare(e); "
    program += "d = e[c.VARIABLE]; import os; assert os.path.isdir(d); print(d); "
    program += "c.forget(e); assert not e; e = {c.VARIABLE: '/given'}; c.forget(e); assert e"
    made = run(program).strip()
    assert made.startswith(str(tmp_path))
    assert not os.path.exists(made)
