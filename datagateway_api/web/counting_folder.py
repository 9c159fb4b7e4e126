"""The folder in which workers add up what they count for Prometheus.

prometheus-client looks for its name when it is imported, so the name stands before any app.
"""

import atexit
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"
_LASTING: Final = ("counter", "histogram")
"""What stays true when the worker that counted it has ended."""
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


@contextmanager
def locked(*, is_changing: bool) -> Iterator[None]:
    """Let files be added up while nobody looks at them, and be looked at by several at once."""
    # Opened each time: a lock that was inherited would be shared, and so keep nobody out.
    with open(Path(os.environ[VARIABLE], "lock"), "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX if is_changing else fcntl.LOCK_SH)
        yield


def bury(worker: int) -> None:
    """Add what a worker that has ended counted to what those before it did.

    Its own files would stay for ever, and each look at the metrics would read all of them.
    """
    folder = Path(os.environ[VARIABLE])
    files = [folder / f"{kind}_{worker}.db" for kind in _LASTING]
    if not any(file.exists() for file in (*files, *folder.glob(f"gauge_live*_{worker}.db"))):
        return
    from prometheus_client.multiprocess import mark_process_dead

    with locked(is_changing=True):
        mark_process_dead(worker)  # type: ignore[no-untyped-call]
        for kind, file in zip(_LASTING, files, strict=True):
            if file.exists():
                _add(file, folder / f"{kind}_gone.db")
                file.unlink()


def _add(file: Path, total: Path) -> None:
    """Add the figures of one file to those of another."""
    from prometheus_client.mmap_dict import MmapedDict

    sums: Any = MmapedDict(str(total))  # type: ignore[no-untyped-call]
    read: Any = MmapedDict.read_all_values_from_file
    for key, value, moment, _ in read(str(file)):
        sums.write_value(key, sums.read_value(key)[0] + value, moment)
    sums.close()


def _remove(folder: str, owner: int) -> None:
    """Remove the folder when the server ends, but not when one of its workers does."""
    if os.getpid() == owner:
        shutil.rmtree(folder, ignore_errors=True)
