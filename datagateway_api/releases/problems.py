"""What is wrong with an upload: every problem, with its row, its field and the reason."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from datagateway_api.core.errors import Unprocessable
from datagateway_api.core.query.parse import shown

MOST_IN_MESSAGE = 3


class NotFinite:
    """Stands for NaN and the infinities in a file, so that each is refused where it is."""

    def __str__(self) -> str:
        """Return what it may have been."""
        return "NaN or Infinity"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Stands in the place of a row that could not be read."""

    reason: str


@dataclass(slots=True)
class Problems:
    """Collects the problems of one request; ``subject`` is what the message speaks of."""

    subject: str = "the file"
    found: list[dict[str, object]] = field(default_factory=list)

    def add(self, row: int | None, name: str | None, reason: str) -> None:
        """Note one problem; rows count from 1, None is the file as a whole."""
        # A name may have half of a character in it, which no answer can be written with.
        field_ = None if name is None else name.encode(errors="replace").decode()
        self.found.append({"row": row, "field": field_, "reason": reason})

    def check(self) -> None:
        """Raise Unprocessable with all problems, if there are any."""
        if not self.found:
            return
        lines = [_line(each) for each in self.found[:MOST_IN_MESSAGE]]
        more = len(self.found) - len(lines)
        tail = f" and {more} more problems" if more else ""
        message = f"{self.subject} cannot be stored: {'; '.join(lines)}{tail}"
        raise Unprocessable(message, details=self.found)


def refused(reason: str, subject: str = "the file") -> Unprocessable:
    """Return the error for a file or a body that cannot be read at all."""
    problems = Problems(subject)
    problems.add(None, None, reason)
    try:
        problems.check()
    except Unprocessable as error:
        return error
    raise AssertionError("a problem was added")


def repeated(texts: Iterable[str]) -> str | None:
    """Return the first text that was there before, if any was."""
    seen: set[str] = set()
    for text in texts:
        if text in seen:
            return text
        seen.add(text)
    return None


def given(value: object) -> str:
    """Return a value as it may stand in a reason."""
    return f"got {value if isinstance(value, NotFinite) else shown(value)}"


def _line(problem: dict[str, object]) -> str:
    parts = []
    if problem["row"] is not None:
        parts.append(f"row {problem['row']}")
    if problem["field"] is not None:
        parts.append(str(problem["field"])[:80])
    place = ", ".join(parts)
    return f"{place}: {problem['reason']}" if place else str(problem["reason"])
