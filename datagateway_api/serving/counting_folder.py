"""The folder in which workers add up what they count for Prometheus.

prometheus-client looks for its name when it is imported, so the name stands before any app.
"""

import atexit
import os
import shutil
import tempfile
from collections.abc import MutableMapping
from pathlib import Path
from typing import Final

VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"
_OWN: Final[list[str]] = []
"""The folder made here, which also goes from here."""


def prepare(environ: MutableMapping[str, str]) -> None:
    """Make the folder, or empty the one that the environment names."""
    given = environ.get(VARIABLE)
    if given is None:
        folder = tempfile.mkdtemp(prefix="datagateway-api-")
        environ[VARIABLE] = folder
        _OWN.append(folder)
        atexit.register(_remove, folder, os.getpid())
        return
    Path(given).mkdir(parents=True, exist_ok=True)
    for file in Path(given).glob("*.db"):
        file.unlink(missing_ok=True)


def forget(environ: MutableMapping[str, str]) -> None:
    """Keep a server that takes over from this one from using a folder that goes with this one."""
    if environ.get(VARIABLE) in _OWN:
        del environ[VARIABLE]


def bury(worker: int) -> None:
    """Take away what a worker that has ended said of its present state."""
    folder = Path(os.environ[VARIABLE])
    if any(folder.glob("gauge_live*.db")):
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(worker)  # type: ignore[no-untyped-call]


def _remove(folder: str, owner: int) -> None:
    """Remove the folder when the server ends, but not when one of its workers does."""
    if os.getpid() == owner:
        shutil.rmtree(folder, ignore_errors=True)
