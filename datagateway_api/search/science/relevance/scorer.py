"""The interface of scoring, and the scale of all scores."""

import math
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

BEST: Final = 0.999
LEAST: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Item:
    """One document as a scorer sees it: its pid and its text."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Corpus:
    """All documents of a group that may be seen; both ask the catalogue only when called.

    ``version`` returns what is equal as long as the documents are.
    """

    read: Callable[[], Iterable[Item]]
    version: Callable[[], Hashable]


class Scorer(Protocol):
    """Something that says how well documents answer a question."""

    def score(self, query: str, group: str, corpus: Corpus) -> Mapping[str, float] | None:
        """Return the pids of documents that have to do with a question, with their scores.

        Scores lie strictly between 0 and 1, and documents left out score 0. None says that
        nobody can score now: rows then go out unscored. Pids may be of documents that the
        request does not allow, so the caller takes those it has.
        """

    def is_reachable(self) -> bool:
        """Say whether scores can be had now, as far as is known."""


def bounded(score: object) -> float | None:
    """Return a score that was computed from 0 to 1 within (0, 1); None for 0, less, and no number.

    The federated search drops rows that score 1, which a document does that says just the words
    of the question.
    """
    if isinstance(score, bool) or not isinstance(score, int | float):
        return None
    if not math.isfinite(score) or score <= 0:
        return None
    return max(LEAST, min(1.0, score) * BEST)
