"""How many CPUs this process may use: those of the machine, less what a container forbids."""

import math
import os
from collections.abc import Iterator
from pathlib import Path

CGROUPS = Path("/sys/fs/cgroup")
OWN = Path("/proc/self/cgroup")


def usable(cgroups: Path = CGROUPS, own: Path = OWN) -> int:
    """Return how many CPUs are worth having workers for, at least one."""
    whole = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, min([whole or 1, *_quotas(cgroups, own)]))


def _quotas(cgroups: Path, own: Path) -> Iterator[int]:
    """Yield the limits of the control groups that this process is in, of both versions."""
    for folder in _folders(cgroups, own):
        yield from _quota(_words(folder / "cpu.max"))
    old = cgroups / "cpu"
    yield from _quota(_words(old / "cpu.cfs_quota_us") + _words(old / "cpu.cfs_period_us"))


def _folders(cgroups: Path, own: Path) -> Iterator[Path]:
    """Yield the folder of this process's group and all above it; a container sees only its own."""
    lines = own.read_text().splitlines() if own.exists() else []
    paths = [line.removeprefix("0::/") for line in lines if line.startswith("0::/")]
    for path in paths or [""]:
        folder = cgroups / path
        yield from (each for each in (folder, *folder.parents) if each.is_relative_to(cgroups))


def _words(file: Path) -> list[str]:
    return file.read_text().split() if file.is_file() else []


def _quota(words: list[str]) -> Iterator[int]:
    """Yield the CPUs of a quota and its period, in microseconds; ``max`` and -1 are no limit."""
    if len(words) == 2 and words[0].isdigit() and words[1].isdigit():
        yield math.ceil(int(words[0]) / int(words[1]))
