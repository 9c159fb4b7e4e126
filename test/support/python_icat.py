"""python-icat's source distribution, which has the example catalogue that ICAT was recorded on."""

import tarfile
import tempfile
from importlib.metadata import version
from pathlib import Path

import pytest

from util.icat_server.conformance import SuiteAbsent, fetch

_VERSION = version("python-icat")
_FOLDER = Path(tempfile.gettempdir()) / f"python-icat-{_VERSION}-source"


def example_file(name: str) -> str:
    """Return the text of an example; skips the test where the distribution cannot be had."""
    with tarfile.open(distribution()) as archive:
        [member] = [m for m in archive.getmembers() if m.name.endswith(f"/doc/examples/{name}")]
        file = archive.extractfile(member)
        assert file is not None
        return file.read().decode()


def distribution() -> Path:
    """Return the archive, fetched from PyPI unless that was done before."""
    kept = list(_FOLDER.glob("*.tar.gz"))
    if kept:
        return kept[0]
    _FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=_FOLDER) as folder:
        try:
            fetched = fetch(Path(folder))
        except SuiteAbsent as absent:
            pytest.skip(f"python-icat's source is not kept here, and {absent}")
        # Another process may do the same; the last one's file replaces an equal one.
        return fetched.replace(_FOLDER / fetched.name)
