"""Commands that the documentation shows with their output, as pairs to run and compare."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_VARIABLE = (
    (re.compile(r'"requestId":"[^"]*"'), '"requestId":"…"'),
    (re.compile(r'"score":0\.\d+'), '"score":0.…'),
)


@dataclass(frozen=True, slots=True)
class Command:
    """A command after a ``$`` prompt, and what the page says that it prints."""

    page: str
    text: str
    output: str


def commands(page: Path) -> Iterator[Command]:
    """Yield a page's commands with a prompt."""
    for block in _BLOCK.findall(page.read_text(encoding="utf-8")):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            lines = part.splitlines()
            length = next(n for n in range(1, len(lines) + 1) if _is_whole(lines[:n]))
            output = "\n".join(lines[length:]).strip()
            yield Command(page.name, "\n".join(lines[:length]), output)


def _is_whole(lines: list[str]) -> bool:
    if lines[-1].endswith("\\"):
        return False
    try:
        shlex.split("\n".join(lines))
    except ValueError:
        return False
    return True


def comparable(output: str) -> str:
    """Return an output without what differs each time, or in the last digits."""
    for pattern, replacement in _VARIABLE:
        output = pattern.sub(replacement, output)
    return output.strip()
