"""The search API without HTTP: from query strings to objects."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from datagateway_api import __version__
from datagateway_api.core import dates
from datagateway_api.search.answering import Answering, Objects
from datagateway_api.search.filters import Filter
from datagateway_api.search.knowing import Knowing
from datagateway_api.search.moments import answered
from datagateway_api.search.panosc import ENTITIES, PanoscEntity, Relation
from datagateway_api.search.parse import parse, parse_where
from datagateway_api.search.query_string import read
from datagateway_api.search.reading import Reader
from datagateway_api.search.science.relevance.scorer import Item
from datagateway_api.search.scoring import Scoring, items

MOST_FILTERS: Final = 1000


class Search:
    """Answers requests; a query string met before is not read again. Safe between threads."""

    def __init__(
        self,
        reader: Reader,
        knowing: Knowing,
        scoring: Scoring,
        facility: str,
        now: Callable[[], datetime] = dates.now,
    ) -> None:
        """Take what reads, what is known of the catalogue, and how lists are scored."""
        self._reader = reader
        self._knowing = knowing
        self._scoring = scoring
        self._facility = facility
        self._now = now
        self._started = now()
        self._ticks = time.monotonic()

    def rows(self, entity: str, query_string: bytes) -> Objects:
        """Return a list. Raises BadFilter, as all of these."""
        return self._scoring.rows(self._answering(), asked_list(entity, query_string))

    def count(self, entity: str, query_string: bytes) -> int:
        """Return how many objects a where allows."""
        return self._answering().count(asked_count(entity, query_string))

    def one(self, entity: str, query_string: bytes, pid: str) -> dict[str, Any]:
        """Return one object. Raises NotFound."""
        return self._answering().one(asked_one(entity, query_string), pid)

    def files(self, query_string: bytes, pid: str) -> Objects:
        """Return the files of a data set. Raises NotFound."""
        asked = asked_list("File", query_string)
        return self._answering().files(asked, Filter(ENTITIES["Dataset"]), pid)

    def count_files(self, query_string: bytes, pid: str) -> int:
        """Return how many files of a data set a where allows. Raises NotFound."""
        asked = asked_count("File", query_string)
        return self._answering().count_files(asked, Filter(ENTITIES["Dataset"]), pid)

    def texts(self, entity: str) -> Iterator[Item]:
        """Yield all objects of a class that may be seen, as texts for a scorer."""
        return items(self._answering(), ENTITIES[entity])

    def status(self) -> dict[str, object]:
        """Return how the service is; this asks nobody."""
        scorer = self._scoring.scorer
        return {
            "started": answered(dates.wire(self._started)),
            "uptime": round(time.monotonic() - self._ticks, 3),
            "version": __version__,
            "facility": self._facility or None,
            "scoring": {
                "enabled": scorer is not None,
                "reachable": scorer is not None and scorer.is_reachable(),
            },
        }

    def _answering(self) -> Answering:
        return Answering(self._reader, self._knowing.now(), self._now())


def _target(relation: Relation) -> PanoscEntity:
    return ENTITIES[relation.target]


@lru_cache(maxsize=MOST_FILTERS)
def asked_list(entity: str, query_string: bytes) -> Filter:
    """Read what a list asks: ``filter``, and beside it ``where`` and ``query``."""
    given = read(query_string)
    asked = parse(given.filter, ENTITIES[entity], _target)
    return asked.with_more(
        where=parse_where(given.where, ENTITIES[entity], _target).where, query=given.query
    )


@lru_cache(maxsize=MOST_FILTERS)
def asked_count(entity: str, query_string: bytes) -> Filter:
    """Read what a count asks: its ``where``; ``filter`` means nothing to it."""
    return parse_where(read(query_string).where, ENTITIES[entity], _target)


@lru_cache(maxsize=MOST_FILTERS)
def asked_one(entity: str, query_string: bytes) -> Filter:
    """Read what a request for one object asks: its ``filter``."""
    return parse(read(query_string).filter, ENTITIES[entity], _target)
