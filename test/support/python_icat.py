"""python-icat's source distribution, which has the example catalogue that ICAT was recorded on."""

import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import pytest

VERSION = "1.7.0"
_FOLDER = Path(tempfile.gettempdir()) / f"python-icat-{VERSION}-sdist"
_ARCHIVE = f"python_icat-{VERSION}.tar.gz"
_SECONDS = 120


def example_file(name: str) -> str:
    """Return the text of an example; skips the test where the distribution cannot be had."""
    with tarfile.open(_distribution()) as archive:
        member = archive.extractfile(f"python-icat-{VERSION}/doc/examples/{name}")
        assert member is not None
        return member.read().decode()


def _distribution() -> Path:
    """Return the archive, fetched from PyPI unless that was done before."""
    archive = _FOLDER / _ARCHIVE
    if archive.is_file():
        return archive
    _FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=_FOLDER) as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        command += ["--no-binary", ":all:", "--dest", folder, f"python-icat=={VERSION}"]
        try:
            subprocess.run(command, check=True, timeout=_SECONDS, capture_output=True)
        except (subprocess.SubprocessError, OSError):
            pytest.skip(
                f"python-icat {VERSION}'s source is neither kept here nor to be had at PyPI"
            )
        # Another process may do the same; the last one's file replaces an equal one.
        (Path(folder) / _ARCHIVE).replace(archive)
    return archive
