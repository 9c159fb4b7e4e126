"""The demo as its user meets it: what it prints, and that the documentation's commands work."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from datagateway_api.demo.modes import MODES
from test.support.documented_commands import Command, commands, comparable
from util.server_process import free_port

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs" / "guide").glob("search*.md"))]
COMMANDS = [command for page in PAGES for command in commands(page)]
SECONDS = 90

pytestmark = pytest.mark.skipif(
    shutil.which("curl") is None, reason="curl is absent; remedy: install the Debian package curl"
)


class RunningDemo:
    """A demo in a folder of its own, and what it has printed so far."""

    def __init__(self, folder: Path, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._printed = folder / "printed"
        command = [sys.executable, "-m", "datagateway_api", "demo", "--port", str(port)]
        with self._printed.open("wb") as stream:
            self.process = subprocess.Popen(
                [*command, "--directory", str(folder / "demo")],
                cwd=ROOT,
                stdout=stream,
                stderr=subprocess.STDOUT,
            )

    @property
    def printed(self) -> str:
        return self._printed.read_text(encoding="utf-8")

    @property
    def password(self) -> str:
        found = re.search(r"password (\w+), mechanism", self.printed)
        assert found is not None
        return found[1]

    def wait(self) -> None:
        limit = time.monotonic() + SECONDS
        while "Ctrl-C stops it" not in self.printed:
            assert self.process.poll() is None, self.printed
            assert time.monotonic() < limit, self.printed
            time.sleep(0.05)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(SECONDS)

    def _helpers(self) -> Iterator[str]:
        login = {"username": "demo", "password": self.password, "mechanism": "simple"}
        yield f"SESSION=$(curl -s {self.url}/sessions -H 'Content-Type: application/json' \\"
        yield f"""-d '{json.dumps(login)}' | sed 's/.*"sessionID": *"\\([^"]*\\)".*/\\1/')"""
        bearer = '-H "Authorization: Bearer $SESSION"'
        yield f'ask() {{ curl -s -G "{self.url}/$1" {bearer} "${{@:2}}"; echo; }}'
        yield f'find() {{ curl -s -G "{self.url}/search-api/$1" "${{@:2}}"; echo; }}'

    def run(self, command: str) -> str:
        """Run a command as the documentation has it, with its helpers ready."""
        script = "\n".join((*self._helpers(), command.replace("http://127.0.0.1:5000", self.url)))
        shell = ["bash", "-c", script]
        result = subprocess.run(shell, capture_output=True, check=False, timeout=SECONDS)
        assert result.returncode == 0, result.stderr
        return result.stdout.decode()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDemo]:
    running = RunningDemo(tmp_path_factory.mktemp("demo"), free_port())
    try:
        running.wait()
        yield running
    finally:
        running.stop()
    assert "Stopped." in running.printed


def test_it_shows_a_request_of_each_mode_with_rows_in_its_answer(demo):
    for mode in MODES:
        shown = demo.printed.partition(f"{mode.example.heading}:")[2]
        request, _, answer = shown.partition("Its answer, laid out")
        assert mode.example.path in request
        assert answer.partition("\n")[2].startswith("  [\n    {\n")


def test_the_requests_that_it_shows_work_when_pasted(demo):
    for mode in MODES:
        shown = demo.printed.partition(f"{mode.example.heading}:\n")[2]
        assert demo.run(shown.partition("\n\n")[0]).startswith("[{")


def test_the_documentation_shows_commands():
    assert {command.page for command in COMMANDS} >= {"README.md", "search-science.md"}


@pytest.mark.parametrize(
    "command", COMMANDS, ids=[f"{n} {command.page}" for n, command in enumerate(COMMANDS)]
)
def test_a_documented_command_prints_what_the_page_says(demo, command: Command):
    printed = demo.run(command.text)
    if command.output:
        assert comparable(printed) == comparable(command.output)
    else:
        # Where the answer is too long to show, it has rows.
        assert printed.startswith("[{")


SESSION = """
import json, sys
names = {}
for statement in json.load(sys.stdin):
    print(">>>", statement, flush=True)
    exec(compile(statement, "session", "single"), names)
"""


def test_the_session_of_the_client_prints_what_the_page_says(demo):
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"^>>> import atlasopenmagic.*?(?=^```$)", text, re.MULTILINE | re.DOTALL)
    statements = re.findall(r"^>>> (.*)$", shown, re.MULTILINE)
    url = f"{demo.url}/releases-api"
    done = subprocess.run(
        [sys.executable, "-c", SESSION],
        input=json.dumps(statements),
        env={**os.environ, "ATLAS_API_BASE_URL": url, "PMG_WEIGHTS_API_URL": url},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=True,
        text=True,
        timeout=SECONDS,
    )
    # The progress bar is for a terminal.
    lines = re.split(r"[\r\n]+", done.stdout)
    printed = [line for line in lines if not line.startswith("Fetching datasets:")]
    assert "\n".join(printed).strip() == shown.strip()
