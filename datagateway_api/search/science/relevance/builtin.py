"""The scorer that needs no service: it reads the documents itself and keeps an index of them."""

import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import islice
from threading import Lock
from typing import Final

from datagateway_api.core.errors import ConfigurationError
from datagateway_api.search.science.relevance.index import Index, build
from datagateway_api.search.science.relevance.scorer import Corpus, Item

MOST_GROUPS: Final = 8
MOST_ITEMS: Final = 200_000
MOST_SECONDS: Final = 600.0

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Kept:
    """One group's index, of which documents it is, and when it was made."""

    lock: Lock = field(default_factory=Lock)
    index: Index | None = None
    version: Hashable = None
    made: float = 0.0


class BuiltinScorer:
    """TF-IDF, cosine and stemming over the catalogue's own documents; threads may share it.

    An index is made at the first question to a group and kept until the documents change or it
    is too old. While one thread makes it anew, the others go on with the one before.
    """

    def __init__(
        self, max_seconds: float = MOST_SECONDS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Take an index's greatest age; raise ConfigurationError without the libraries."""
        missing = [name for name in ("sklearn", "snowballstemmer") if find_spec(name) is None]
        if missing:
            raise ConfigurationError(
                [
                    f"the built-in scorer needs {' and '.join(missing)}, not installed here: "
                    "pip install 'datagateway-api[relevance]', or switch scoring off"
                ]
            )
        self._max_seconds = max_seconds
        self._clock = clock
        self._lock = Lock()
        self._groups: OrderedDict[str, _Kept] = OrderedDict()

    def score(self, query: str, group: str, corpus: Corpus) -> Mapping[str, float]:
        """Return the scores of a group's documents; see :class:`Scorer`."""
        if not query.strip():
            return {}
        return self._index(group, corpus).scores(query)

    def is_reachable(self) -> bool:
        """Say that it is here."""
        return True

    def _index(self, group: str, corpus: Corpus) -> Index:
        kept, version = self._kept(group), corpus.version()
        if kept.index is not None and self._is_current(kept, version):
            return kept.index
        # Only those wait for a reading who have nothing to go on with.
        if not kept.lock.acquire(blocking=kept.index is None):
            assert kept.index is not None
            return kept.index
        try:
            if kept.index is None or not self._is_current(kept, version):
                # Its age counts from before it was read: what changes meanwhile is found later.
                made = self._clock()
                index = build(_limited(corpus.read(), group))
                kept.index, kept.version, kept.made = index, version, made
            return kept.index
        finally:
            kept.lock.release()

    def _is_current(self, kept: _Kept, version: Hashable) -> bool:
        is_young = self._clock() - kept.made < self._max_seconds
        return is_young and kept.version == version

    def _kept(self, group: str) -> _Kept:
        with self._lock:
            kept = self._groups.setdefault(group, _Kept())
            self._groups.move_to_end(group)
            while len(self._groups) > MOST_GROUPS:
                self._groups.popitem(last=False)
        return kept


def _limited(items: Iterable[Item], group: str) -> Iterator[Item]:
    rest = iter(items)
    yield from islice(rest, MOST_ITEMS)
    if next(rest, None) is not None:
        _log.warning("only the first %d %s are scored: there are more", MOST_ITEMS, group)
