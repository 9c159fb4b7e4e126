"""What was measured, as a table for people and as JSON for programs."""

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from util.benchmark.load import Load

COLUMNS = (
    "case",
    "requests/s",
    "p50 ms",
    "p99 ms",
    "CPU ms",
    "Flask ms",
    "ratio",
    "raw ms",
    "ratio",
    "bytes",
)


@dataclass(frozen=True, slots=True)
class Result:
    """One case: the load on the server, and CPU milliseconds of the two floors."""

    name: str
    request: str
    load: Load
    flask_cpu: float
    raw_cpu: float

    def as_json(self) -> dict[str, object]:
        """Return all of it, and the ratios."""
        cpu = self.load.cpu
        return {
            **asdict(self),
            "flask_ratio": cpu / self.flask_cpu,
            "raw_ratio": cpu / self.raw_cpu,
        }


def table(results: Sequence[Result]) -> str:
    """Return the results as a table in Markdown."""
    return padded_table([COLUMNS, *(_cells(result) for result in results)])


def padded_table(rows: Sequence[Sequence[str]]) -> str:
    """Return rows, of which the first has the headings, as a table in Markdown."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    lines = ["| " + " | ".join(_padded(row, widths)) + " |" for row in rows]
    rule = "|".join(
        "-" * (width + 1) + (":" if place else "-") for place, width in enumerate(widths)
    )
    return "\n".join([lines[0], f"|{rule}|", *lines[1:]])


def machine() -> str:
    """Say how busy the machine was; a busy one measures itself."""
    return f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before the start"


def _cells(result: Result) -> tuple[str, ...]:
    load = result.load
    return (
        result.name,
        f"{load.requests_per_second:.0f}",
        f"{load.p50:.1f}",
        f"{load.p99:.1f}",
        f"{load.cpu:.2f}",
        f"{result.flask_cpu:.2f}",
        f"{load.cpu / result.flask_cpu:.1f}",
        f"{result.raw_cpu:.2f}",
        f"{load.cpu / result.raw_cpu:.1f}",
        str(load.bytes),
    )


def _padded(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    return [
        cell.rjust(width) if place else cell.ljust(width)
        for place, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
