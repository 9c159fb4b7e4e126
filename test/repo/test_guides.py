"""The guides: their links lead somewhere, and what they show is so."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from datagateway_api.web.prometheus import Metrics

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "guide"
PAGES = [ROOT / "README.md", *sorted(ROOT.glob("docs/*/*.md"))]


def anchors(page: Path) -> set[str]:
    """The headings of a page, as links name them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", text.lower()).strip().replace(" ", "-") for text in headings}


def block(page: Path, language: str, after: str) -> str:
    """The first block in a language after some text of a page."""
    text = page.read_text()
    found = re.search(rf"```{language}\n(.*?)```", text[text.index(after) :], re.DOTALL)
    assert found
    return found[1]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_to_a_page_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        other = (page.parent / name) if name else page
        assert other.exists(), target
        if anchor:
            assert anchor in anchors(other), target


def test_some_page_leads_to_every_guide():
    linked = {
        (page.parent / target.partition("#")[0]).resolve()
        for page in PAGES
        for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text())
    }
    assert [path.name for path in GUIDE.glob("*.md") if path.resolve() not in linked] == []


def test_every_decision_is_listed():
    listed = (ROOT / "docs" / "decisions" / "README.md").read_text()
    pages = [path.name for path in (ROOT / "docs" / "decisions").glob("0*.md")]
    assert [name for name in pages if f"({name})" not in listed] == []


def test_systemd_accepts_the_units(tmp_path):
    verify = shutil.which("systemd-analyze")
    if verify is None:
        pytest.skip("systemd-analyze is absent: this machine has no systemd")
    units = []
    for kind in ("socket", "service"):
        unit = tmp_path / f"datagateway-api.{kind}"
        text = block(GUIDE / "install.md", "ini", f"datagateway-api.{kind}`")
        # The program is elsewhere on this machine.
        unit.write_text(re.sub(r"^(ExecStart=)\S+", rf"\1{sys.executable}", text, flags=re.M))
        units.append(str(unit))
    done = subprocess.run([verify, "verify", *units], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_problems_that_the_guide_shows_are_those_that_are_found(tmp_path):
    shown = block(GUIDE / "configure.md", "sh", "masks them")
    config = tmp_path / "config.yaml"
    config.write_text("log_level: LOUD\ndatagateway_api:\n  extension: /\n  backend: db\n")
    command = [sys.executable, "-m", "datagateway_api", "check-config", "--config", str(config)]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert shown.partition("\n")[2] == done.stderr


def test_the_guide_lists_exactly_the_metrics_that_there_are():
    registry: CollectorRegistry = Metrics().registry
    served = {family.name: family.type for family in registry.collect()}
    rows = re.findall(
        r"^\| `(datagateway_\w+)` \|([^|]*)\|", (GUIDE / "monitor.md").read_text(), re.MULTILINE
    )
    assert {name.removesuffix("_total") for name, _ in rows} == set(served)
    text = (GUIDE / "monitor.md").read_text()
    for name in re.findall(r"\b(datagateway_\w+?)(?:_bucket|_total)?\{", text):
        assert name in served
