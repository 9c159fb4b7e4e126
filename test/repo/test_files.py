"""The repository's files belong to any machine, and its commands explain themselves."""

import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Written apart, so that this file does not name them.
REGISTRIES = [
    ".".join(words)
    for words in [
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("registry", "npmjs", "org"),
        ("docker", "io"),
        ("ghcr", "io"),
        ("quay", "io"),
        ("conda", "anaconda", "org"),
    ]
]
HOMES = r"(?<![\w.])/(?:home|Users)/\w+/|(?<![\w.])/root/"
FOREIGN = re.compile("|".join([HOMES, *map(re.escape, REGISTRIES)]))
MAKEFILE = (ROOT / "Makefile").read_text()


def repository_files() -> list[Path]:
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("this is no git checkout, so its own files are not known")
    listed = subprocess.run(
        [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    return [ROOT / name for name in listed.split("\0") if (ROOT / name).is_file()]


@pytest.mark.parametrize(
    "text", ["/home/someone/x", '"/root/.cache"', f"https://{REGISTRIES[0]}/simple"]
)
def test_a_place_of_one_machine_is_recognised(text):
    assert FOREIGN.search(text)


@pytest.mark.parametrize("text", ["docs/home/page", "the root/leaf", "~/config.yaml"])
def test_an_ordinary_path_is_not_taken_for_a_place_of_one_machine(text):
    assert not FOREIGN.search(text)


def test_no_file_names_a_home_folder_or_a_package_registry():
    found = []
    for path in repository_files():
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            if path != Path(__file__) and (match := FOREIGN.search(line)):
                found.append(f"{path.relative_to(ROOT)}:{number}: {match[0]}")
    assert found == []


def test_every_phony_target_of_make_has_an_explanation():
    phony = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    explained = re.findall(r"^([a-z-]+):.*## \w", MAKEFILE, re.MULTILINE)
    assert phony
    assert sorted(phony[1].split()) == sorted(explained)


@pytest.mark.skipif(shutil.which("make") is None, reason="make is absent; remedy: install it")
def test_make_alone_lists_every_target():
    shown = subprocess.run(["make"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    explained = re.findall(r"^([a-z-]+):.*## (.+)$", MAKEFILE, re.MULTILINE)
    assert re.findall(r"^  make (\S+) +(.+)$", shown, re.MULTILINE) == explained


def test_the_lock_comes_from_no_particular_registry():
    lock = tomllib.loads((ROOT / "poetry.lock").read_text())
    assert [package["name"] for package in lock["package"] if "source" in package] == []


def test_the_lock_holds_every_package_that_the_project_asks_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked = json.dumps([project["project"], project["dependency-groups"]])
    locked = {
        package["name"] for package in tomllib.loads((ROOT / "poetry.lock").read_text())["package"]
    }
    wanted = set(re.findall(r'"([a-z0-9-]+)(?:\[[a-z]+\])? >=', asked))
    assert wanted
    assert wanted <= locked


@pytest.mark.parametrize("name", [".ci/run", "util/setup.sh"])
def test_a_script_can_be_run_and_stops_at_the_first_failure(name):
    path = ROOT / name
    assert path.stat().st_mode & 0o111
    assert "\nset -euo pipefail\n" in path.read_text()
