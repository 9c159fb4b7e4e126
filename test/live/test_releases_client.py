"""The real clients, unmodified, against a running server: atlasopenmagic and the command line."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from test.support.gunicorn import ROOT, Gunicorn
from test.support.releases import EXT, PASSWORD, ROWS, WRITER, password_hash
from util.open_data import datasets, weights

EXACT, LARGE, SIZE = "2024r-pp", "2025e-13tev-beta", 5000
# A release that the client knows and the server does not have.
ABSENT = "2020e-13tev"
FILE = "root://eospublic.cern.ch:1094//eos/opendata/atlas/a.root"

SCRIPT = """
import json, sys
import atlasopenmagic as atom
atom.set_verbosity("error")
found = {}
for name, work in json.load(sys.stdin):
    try:
        found[name] = eval(work)
    except Exception as error:
        found[name] = {"error": f"{type(error).__name__}: {error}"}
json.dump(found, sys.stdout)
"""


class Server(Gunicorn):
    def answers(self) -> bool:
        try:
            with self.open(f"{EXT}/releases") as response:
                return response.status == 200
        except OSError:
            return False


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("releases")
    (folder / "exact.json").write_text(json.dumps(ROWS))
    (folder / "large.ndjson").write_text(
        "".join(f"{json.dumps(row)}\n" for row in datasets(SIZE, files=3))
    )
    (folder / "weights.json").write_text(json.dumps(weights(700)))
    return folder


@pytest.fixture(scope="module")
def environ(folder) -> dict[str, str]:
    section = {
        "extension": EXT,
        "db_url": f"sqlite:///{folder / 'store.db'}",
        "writers": {WRITER: password_hash()},
        "max_upload_bytes": 20_000_000,
    }
    return {**os.environ, "DATAGATEWAY_API__RELEASES": json.dumps(section), "PYTHONPATH": str(ROOT)}


def command(environ, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "datagateway_api", "releases", *words],
        env=environ, check=False, capture_output=True, text=True, timeout=60,
    )  # fmt: skip


@pytest.fixture(scope="module")
def server(folder, environ):
    done = command(environ, "upgrade")
    assert (done.returncode, done.stdout) == (0, "The store is at revision 0002.\n"), done.stderr
    with Server(folder, environ, "--workers=2") as running:
        yield running


@pytest.fixture(scope="module")
def manager(server, environ) -> dict[str, str]:
    """The environment of a data manager."""
    return {
        **environ,
        "DATAGATEWAY_RELEASES_URL": f"http://127.0.0.1:{server.port}{EXT}",
        "DATAGATEWAY_RELEASES_USER": WRITER,
        "DATAGATEWAY_RELEASES_PASSWORD": PASSWORD,
    }


@pytest.fixture(scope="module")
def uploaded(manager, folder) -> str:
    """Upload both releases by the command line, and return the address."""
    for release, file, number in ((EXACT, "exact.json", 3), (LARGE, "large.ndjson", SIZE)):
        done = command(manager, "upload", release, str(folder / file), "--description", release)
        assert done.returncode == 0, done.stderr
        assert done.stdout == f"{release}: {number} created, 0 updated, 0 unchanged.\n"
        assert "100%" in done.stderr
    return manager["DATAGATEWAY_RELEASES_URL"]


def client(url: str, *works: tuple[str, str]) -> dict:
    """Evaluate expressions in a process of the client's own."""
    environ = {**os.environ, "ATLAS_API_BASE_URL": url, "PMG_WEIGHTS_API_URL": url}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], input=json.dumps(works), env=environ, check=False,
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def exact(uploaded) -> dict:
    return client(
        uploaded,
        ("set", f"atom.set_release({EXACT!r})"),
        ("datasets", "atom.available_datasets()"),
        ("by number", "atom.get_metadata('301204')"),
        ("by name", "atom.get_metadata('pYthia8_zprime_TT')"),
        ("all", "atom.get_all_info('301204')"),
        ("field", "atom.get_metadata('301204', 'cross_section_pb')"),
        ("own field", "atom.get_metadata('410470', 'campaign')"),
        ("fields", "atom.get_metadata_fields()"),
        ("skims", "atom.available_skims()"),
        ("keywords", "atom.available_keywords()"),
        ("match", "atom.match_metadata('keywords', 'top')"),
        ("root", "atom.get_urls('301204')"),
        ("https", "atom.get_urls('301204', protocol='https')"),
        ("eos", "atom.get_urls('301204', protocol='eos')"),
        ("skim", "atom.get_urls('301204', skim='exactly4lep')"),
        ("no files", "atom.get_urls('410470')"),
        ("data", "atom.get_urls('data')"),
        ("absent", "atom.get_metadata('nothing')"),
    )


def test_the_client_sets_a_release_and_lists_its_datasets(exact):
    assert exact["set"] is None
    assert exact["datasets"] == ["301204", "410470", "data"]


def test_the_client_finds_metadata_by_number_and_by_short_name(exact):
    assert exact["by number"] == exact["by name"]
    wanted = {k: v for k, v in ROWS[0].items() if k not in ("skims", "file_list", "dataset_number")}
    assert wanted.items() <= exact["by number"].items()
    assert exact["all"]["skims"][0]["skim_type"] == "exactly4lep"


def test_the_client_sees_every_field(exact):
    assert exact["field"] == 0.5
    assert exact["own field"] == {"name": "mc20a", "year": 2020}
    assert {*ROWS[0], "Release", "release", "GenTune", "campaign"} <= set(exact["fields"])


def test_the_client_searches(exact):
    assert exact["skims"] == ["exactly4lep"]
    assert exact["keywords"] == ["BSM", "top"]
    assert [number for number, _ in exact["match"]] == ["301204", "410470"]


def test_the_client_makes_addresses_in_its_protocols(exact):
    assert exact["root"] == [FILE]
    assert exact["https"] == ["simplecache::https://opendata.cern.ch/eos/opendata/atlas/a.root"]
    assert exact["eos"] == ["/eos/opendata/atlas/a.root"]
    assert exact["skim"] == [FILE.replace("a.root", "s.root")]
    assert exact["data"] == ["root://x//d.root"]
    assert "has no available files" in exact["no files"]["error"]


def test_the_client_is_told_at_once_what_is_absent(exact, uploaded):
    assert "not found in release" in exact["absent"]["error"]
    found = client(uploaded, ("set", f"atom.set_release({ABSENT!r})"))
    assert "HTTPError: 404" in found["set"]["error"]


def test_the_client_reads_a_large_release_in_parallel_pages(uploaded):
    found = client(
        uploaded,
        ("set", f"atom.set_release({LARGE!r})"),
        ("datasets", "atom.available_datasets()"),
        ("skims", "atom.available_skims()"),
        ("last", "atom.get_all_info('304999')"),
    )
    assert found["datasets"] == [str(300_000 + place) for place in range(SIZE)]
    assert found["skims"] == ["2to4lep", "3lep", "GamGam", "exactly4lep"]
    *_, last = datasets(SIZE, files=3)
    assert found["last"]["file_list"] == last["file_list"]
    assert found["last"]["cross_section_pb"] == last["cross_section_pb"]


def test_the_client_reads_weights(uploaded, manager, folder):
    content = weights(700)
    with Publishing(manager) as session:
        answer = session.put(f"{uploaded}/weights/{LARGE}", json=content)
        assert answer.json()["created"] == 700
    found = client(
        uploaded,
        ("set", f"atom.set_release({LARGE!r})"),
        ("weights", "atom.get_weights('300000')"),
        ("tag", "atom.get_weight_names('300001', e_tag='e1')"),
        ("none", "atom.get_weights('304999')"),
        ("all", "atom.get_all_weights_for_release()"),
    )
    (names,) = content["300000"].values()
    assert found["weights"] == {
        "release_name": LARGE, "energy_level": "13TeV", "dataset_number": "300000",
        "weights": names, "weight_count": len(names),
    }  # fmt: skip
    assert "Weights not found" in found["tag"]["error"]
    assert "Weights not found" in found["none"]["error"]
    assert len(found["all"]["datasets"]) == 700


class Publishing:
    """A session of a data manager."""

    def __init__(self, manager) -> None:
        import requests

        self._session = requests.Session()
        self._url = manager["DATAGATEWAY_RELEASES_URL"]

    def __enter__(self):
        body = {"username": WRITER, "password": PASSWORD}
        answer = self._session.post(f"{self._url}/sessions", json=body)
        self._session.headers["Authorization"] = f"Bearer {answer.json()['sessionID']}"
        return self._session

    def __exit__(self, *_: object) -> None:
        self._session.close()


def test_the_command_line_exports_what_it_uploads_again(uploaded, manager, folder):
    for form in ("json", "csv", "ndjson"):
        file = folder / f"export.{form}"
        done = command(manager, "export", EXACT, "--format", form, "--output", str(file))
        assert done.returncode == 0, done.stderr
        done = command(manager, "upload", EXACT, str(file))
        assert done.stdout == f"{EXACT}: 0 created, 0 updated, 3 unchanged.\n"
    printed = command(manager, "export", EXACT, "--format", "ndjson").stdout
    assert printed == (folder / "export.ndjson").read_text()


def test_the_command_line_names_every_bad_row(uploaded, manager, folder):
    file = folder / "bad.csv"
    file.write_text("dataset_number,kFactor,nEvents\n1,1.5,3\n2,much,4.5\n../3,1,1\n")
    done = command(manager, "upload", EXACT, str(file))
    assert done.returncode == 1
    lines = [line for line in done.stderr.splitlines() if line.startswith("row")]
    assert lines[:2] == [
        'row 2, kFactor: must be a number, got "much"',
        'row 2, nEvents: must be a whole number, got "4.5"',
    ]
    assert lines[2].startswith("row 3, dataset_number: must be at most 100 letters")
    assert done.stderr.endswith("Error: 3 problems, nothing was stored\n")


def test_the_command_line_publishes_and_lists(uploaded, manager, folder):
    name = "to-publish"
    assert command(manager, "upload", name, str(folder / "exact.json")).returncode == 0
    assert command(manager, "publish", name).stdout == f"{name} is published.\n"
    header, *rows = command(manager, "list").stdout.splitlines()
    assert header.split() == ["release", "state", "datasets", "last", "change"]
    assert any(row.split()[:3] == [name, "published", "3"] for row in rows)
    done = command(manager, "upload", name, str(folder / "exact.json"))
    assert "is published; to change it all the same" in done.stderr
    done = command(manager, "upload", name, str(folder / "exact.json"), "--force")
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("changes", "words", "said"),
    [
        ({"DATAGATEWAY_RELEASES_PASSWORD": "wrong"}, ("publish", "x"), "do not match"),
        ({"DATAGATEWAY_RELEASES_USER": ""}, ("publish", "x"), "must say who writes"),
        ({"DATAGATEWAY_RELEASES_URL": "http://127.0.0.1:1/x"}, ("list",), "cannot be reached"),
        ({}, ("publish", "nothing"), "there is no release nothing"),
        ({}, ("export", "nothing"), "there is no release nothing"),
        ({}, ("upload", "x", "absent.json"), "does not exist"),
    ],
)
def test_the_command_line_says_what_is_wrong(uploaded, manager, changes, words, said):
    done = command({**manager, **changes}, *words)
    assert done.returncode != 0
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_the_command_line_is_told_of_a_file_that_is_too_large(uploaded, manager, folder):
    file = folder / "large.json"
    file.write_bytes(b"[" + b" " * 25_000_000 + b"]")
    done = command(manager, "upload", EXACT, str(file))
    assert done.returncode == 1
    assert done.stderr.endswith("Error: the request body is larger than this server accepts\n")
