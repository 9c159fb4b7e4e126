"""Runs python-icat's own test suite against a fresh stand-in, from the command line or a test.

The suite is in python-icat's source distribution on PyPI. A real ICAT 6.2 passes 435 of its tests
and skips 54, which need a server of the files besides.
"""

import locale
import os
import resource
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from configparser import ConfigParser
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from xml.etree import ElementTree

import click

from util.icat_server.process import IcatServer

LOCALE = "en_US.UTF-8"
ZONE = "Europe/Berlin"
PASSED = 435
SKIPPED = 54
PASSWORD = "conformance"  # noqa: S105 of a server that lives as long as its tests
SIMPLE = {"root": "root", "useroffice": "useroffice", "ingest": "dataingest"}
"""Users of the authenticator ``simple`` by the suite's names of their configurations."""
DB = ("acord", "ahau", "jbotu", "jdoe", "nbour", "rbeck")


class SuiteAbsent(Exception):
    """The source distribution cannot be had; the message says why."""


@dataclass(frozen=True, slots=True)
class Figures:
    """How many tests came to which end, and how long all of them took.

    Client and server take turns, so on an idle machine the suite takes its processor time.
    """

    passed: int
    skipped: int
    failed: int
    seconds: float
    processor_seconds: float = 0.0

    @property
    def is_conformant(self) -> bool:
        """Whether the stand-in passes what a real ICAT passes."""
        return self.failed == 0 and self.passed >= PASSED

    def __str__(self) -> str:
        """Return them as one line."""
        return (
            f"python-icat's suite: {self.passed} passed, {self.skipped} skipped, "
            f"{self.failed} failed in {self.seconds:.0f} s, "
            f"{self.processor_seconds:.0f} s of processor time "
            f"(a real ICAT: {PASSED} passed, {SKIPPED} skipped)"
        )


def run_suite(
    folder: Path, source: Path | None = None, tests: Sequence[str] = (), db_url: str | None = None
) -> Figures:
    """Run the suite, or some of its files, in a folder, and return how it went.

    Raises SuiteAbsent when the source distribution is neither given nor can be fetched.
    """
    archive = source or fetch(folder)
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    [suite] = folder.glob("python*icat-*/")
    subprocess.run(
        [sys.executable, "setup.py", "-q", "build_test"], cwd=suite, check=True, capture_output=True
    )
    users = {
        "simple": dict.fromkeys(SIMPLE.values(), PASSWORD),
        "db": dict.fromkeys(DB, PASSWORD),
        "anon": True,
    }
    url = db_url or f"sqlite:///{folder}/conformance.sqlite"
    options = ("--time-zone", ZONE, "--no-file-size-triggers")
    before = _processor_seconds()
    with IcatServer(folder, url, *options, users=users) as server:
        _write_configuration(suite / "tests" / "data" / "icat.cfg", server.url)
        figures = _run(suite, folder / "report.xml", tests)
    return replace(figures, processor_seconds=_processor_seconds() - before)


def fetch(folder: Path) -> Path:
    """Fetch python-icat's source distribution, of the version that is installed, from PyPI."""
    wanted = f"python-icat=={version('python-icat')}"
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--no-binary", ":all:", "--no-build-isolation", "--dest", str(folder), wanted]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    found = list(folder.glob("python*icat-*.tar.gz"))
    if done.returncode or not found:
        raise SuiteAbsent(f"pip cannot fetch {wanted}: {done.stderr.strip()[-300:]}")
    return found[0]


def _processor_seconds() -> float:
    """Return the processor time of all processes that this one started and that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _write_configuration(path: Path, url: str) -> None:
    parser = ConfigParser(interpolation=None)
    for section, name in SIMPLE.items():
        parser[section] = {"url": url, "auth": "simple", "username": name, "password": PASSWORD}
    for name in DB:
        parser[name] = {"url": url, "auth": "db", "username": name, "password": PASSWORD}
    with path.open("w", encoding="utf-8") as file:
        parser.write(file)


def _run(suite: Path, report: Path, tests: Sequence[str]) -> Figures:
    command = [sys.executable, "-m", "pytest", "--quiet", "--tb=short", "-rfE"]
    command += ["-p", "no:cacheprovider", "-p", "no:warnings", f"--junit-xml={report}"]
    # This project's plugins and options are none of the suite's.
    outer = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environ = {**outer, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **_locale(suite)}
    subprocess.run([*command, *(tests or ["."])], cwd=suite / "tests", env=environ, check=False)
    return read_figures(report)


def _locale(folder: Path) -> dict[str, str]:
    """Return the environment in which the suite's locale exists.

    Where the machine lacks it, the C locale of the same character set does under its name.
    """
    known = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, LOCALE)
    except locale.Error:
        places = folder / "locales"
        places.mkdir()
        (places / LOCALE).symlink_to("/usr/lib/locale/C.utf8")
        return {"LOCPATH": str(places)}
    finally:
        locale.setlocale(locale.LC_CTYPE, known)
    return {}


def read_figures(report: Path) -> Figures:
    """Return the figures of a report in JUnit's form."""
    [suite] = ElementTree.parse(report).getroot().iter("testsuite")  # noqa: S314 of our own making
    number = {
        name: int(suite.get(name, "0")) for name in ("tests", "errors", "failures", "skipped")
    }
    failed = number["errors"] + number["failures"]
    passed = number["tests"] - failed - number["skipped"]
    return Figures(passed, number["skipped"], failed, float(suite.get("time", "0")))


@click.command()
@click.option(
    "--source",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The source distribution, else fetched from PyPI.",
)
@click.option("--db-url", help="An empty database.  [default: an SQLite file]")
@click.argument("tests", nargs=-1)
def main(source: Path | None, db_url: str | None, tests: tuple[str, ...]) -> None:
    """Run python-icat's test suite, or some TESTS of it, against a fresh stand-in."""
    with tempfile.TemporaryDirectory(prefix="icat-conformance-") as folder:
        try:
            figures = run_suite(Path(folder), source and source.resolve(), tests, db_url)
        except SuiteAbsent as absent:
            raise click.ClickException(str(absent)) from absent
    click.echo(str(figures))
    is_right = figures.failed == 0 if tests else figures.is_conformant
    raise SystemExit(0 if is_right else 1)


if __name__ == "__main__":
    main()
