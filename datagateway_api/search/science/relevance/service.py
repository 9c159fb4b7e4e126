"""The scorer that asks the PaNOSC scoring service, which holds the documents' weights itself."""

import logging
from collections.abc import Mapping
from typing import Final

from datagateway_api.search.science.relevance.breaker import Breaker
from datagateway_api.search.science.relevance.exchange import Failed, ask
from datagateway_api.search.science.relevance.scorer import Corpus, bounded

_log = logging.getLogger(__name__)
_UNSCORED: Final = "the scoring service failed, so rows go unscored: %s"


class ServiceScorer:
    """Sends question and group, and takes the scores by pid.

    It names no pids: the service mixes up scores when asked for some documents only. An outage
    is a warning in the log; after a few failures in a row it is asked every half minute only.
    """

    def __init__(
        self, api_url: str, *, seconds: float, limit: int, breaker: Breaker | None = None
    ) -> None:
        """Take the address for scores, how long an answer may take, and how many to ask for."""
        self._url = api_url
        self._seconds = seconds
        self._limit = limit
        self._breaker = breaker or Breaker()

    def score(self, query: str, group: str, corpus: Corpus) -> Mapping[str, float] | None:
        """Return the scores of a group's documents; see :class:`Scorer`."""
        if not query.strip():
            return {}
        if not self._breaker.lets_through():
            return None
        try:
            scores = self._scores({"query": query, "group": group, "limit": self._limit})
        except Failed as error:
            _log.warning(_UNSCORED, error)
            if error.is_refusal:
                # One client's odd question must not take the service from all others.
                self._breaker.succeeded()
            else:
                self._breaker.failed()
            return None
        self._breaker.succeeded()
        return scores

    def is_reachable(self) -> bool:
        """Say whether the last requests were answered; true before the first."""
        return not self._breaker.is_open

    def _scores(self, body: Mapping[str, object]) -> Mapping[str, float]:
        answer = ask("POST", self._url, body, seconds=self._seconds)
        listed = answer.get("scores") if isinstance(answer, dict) else None
        if not isinstance(listed, list):
            raise Failed("its answer holds no list of scores")
        scores: dict[str, float] = {}
        for entry in listed:
            pid, score = _entry(entry)
            if score is not None:
                scores.setdefault(pid, score)
        return scores


def _entry(entry: object) -> tuple[str, float | None]:
    if not isinstance(entry, dict) or not isinstance(entry.get("itemId"), str | int):
        raise Failed("its answer holds a score without an itemId")
    return str(entry["itemId"]), bounded(entry.get("score"))
