"""The checks that a change passes, each in an environment of its own: `nox` runs them all."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import nox

POETRY = Path(__file__).parent / ".tools" / "poetry" / "bin" / "poetry"
PYTHONS = ["3.11", "3.12", "3.13"]
EVERYTHING = ("--all-groups", "--all-extras")

nox.options.error_on_missing_interpreters = False
nox.options.reuse_existing_virtualenvs = True


def works(command: str) -> bool:
    """Whether a Python stands on PATH and runs, which a shim of pyenv may refuse."""
    found = shutil.which(command)
    return (
        found is not None
        and not subprocess.run([found, "-c", ""], check=False, capture_output=True).returncode
    )


def pyenv_folders() -> Iterator[str]:
    """Folders of those interpreters that pyenv holds and PATH does not offer in working order."""
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for version in PYTHONS:
        if not works(f"python{version}"):
            newest = sorted(versions.glob(f"{version}.*"))[-1:]
            yield from (str(folder / "bin") for folder in newest)


os.environ["PATH"] = os.pathsep.join([*pyenv_folders(), os.environ["PATH"]])


def locked(session: nox.Session, *groups: str) -> str:
    """Path of a requirements file with what poetry.lock holds for these `poetry export` options."""
    poetry = str(POETRY) if POETRY.exists() else shutil.which("poetry")
    if poetry is None:
        session.skip("Poetry is absent; remedy: make setup")
    path = str(Path(session.create_tmp(), "requirements.txt"))
    session.run(poetry, "export", *groups, "--output", path, external=True, silent=True)
    return path


def install_locked(session: nox.Session, *groups: str) -> None:
    """Install exactly what poetry.lock holds for these `poetry export` options."""
    options = ("--no-compile", "--no-deps", "--require-hashes")
    session.install(*options, "-r", locked(session, *groups))


@nox.session
def format(session: nox.Session) -> None:
    """Format the code."""
    install_locked(session, "--only", "style")
    session.run("ruff", "format", ".")


@nox.session
def lint(session: nox.Session) -> None:
    """Check format and style."""
    install_locked(session, "--only", "style")
    session.run("ruff", "format", "--check", ".")
    session.run("ruff", "check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Check types."""
    install_locked(session, *EVERYTHING)
    session.run("mypy")


@nox.session
def imports(session: nox.Session) -> None:
    """Check who imports whom."""
    install_locked(session, "--only", "imports")
    session.run("lint-imports")


@nox.session(python=PYTHONS)
def unit_tests(session: nox.Session) -> None:
    """Run the tests that need no server."""
    install_locked(session, "--with", "tests", "--all-extras")
    session.run("python", "-m", "pytest", "test/unit", "test/repo", *session.posargs)


@nox.session(python=PYTHONS)
def integration_tests(session: nox.Session) -> None:
    """Run the tests that need an app, a database or a server."""
    install_locked(session, "--with", "tests", "--all-extras")
    others = ("--ignore", "test/unit", "--ignore", "test/repo")
    session.run("python", "-m", "pytest", *others, *session.posargs)


@nox.session
def icat_conformance(session: nox.Session) -> None:
    """Run python-icat's own test suite against the stand-in for ICAT."""
    install_locked(session, "--with", "tests", "--all-extras")
    session.run("python", "-m", "util.icat_server.conformance", *session.posargs)


@nox.session
def audit(session: nox.Session) -> None:
    """Look for known vulnerabilities in the locked packages."""
    install_locked(session, "--only", "audit")
    report = Path(session.create_tmp(), "audit.json")
    report.unlink(missing_ok=True)
    requirements = locked(session, *EVERYTHING)
    options = ("--disable-pip", "--require-hashes", "--format", "json", "--output", str(report))
    # Exit code 1 stands for a finding as well as for a failure: the report tells which.
    session.run("pip-audit", *options, "-r", requirements, success_codes=[0, 1])
    if not report.exists():
        session.skip("pip-audit reached no verdict; its reason stands above")
    judge(session, json.loads(report.read_text())["dependencies"])


def judge(session: nox.Session, dependencies: list[dict[str, object]]) -> None:
    """End the session by what the database says; it may know none of the packages."""
    known = [each for each in dependencies if "vulns" in each]
    if not known:
        session.skip(f"the vulnerability database answers for none of {len(dependencies)} packages")
    vulnerable = [f"{each['name']} {each['version']}" for each in known if each["vulns"]]
    if vulnerable:
        session.error(f"known vulnerabilities in {', '.join(vulnerable)}; details stand above")
    session.log(f"{len(known)} of {len(dependencies)} packages known, none of them vulnerable")
