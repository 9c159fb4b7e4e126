"""Relevance: lists sorted by how well their objects answer the words of ``query``."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from datagateway_api.core.query.model import Order as CoreOrder
from datagateway_api.core.query.model import Path
from datagateway_api.search.answering import Answering, Objects
from datagateway_api.search.filters import Every, Field, Filter, Test
from datagateway_api.search.panosc import PanoscEntity
from datagateway_api.search.records import Record
from datagateway_api.search.science.relevance.scorer import Corpus, Item, Scorer

GROUPS: Final[Mapping[str, str]] = {
    "Dataset": "datasets",
    "Document": "documents",
    "Instrument": "instruments",
}
FIRST: Final = 1000
"""How many of the best are looked up first; all others only where these do not suffice."""
MOST_NAMED: Final = 5000
"""How many objects are looked up by their pids; where there are more, all that are allowed are."""
SCORE: Final = "score"


@dataclass(frozen=True, slots=True)
class Scoring:
    """How lists get their scores. ``scorer`` None scores nothing."""

    scorer: Scorer | None
    default: float
    groups: Mapping[str, str]

    def rows(self, answering: Answering, asked: Filter) -> Objects:
        """Return a list's objects, each with its score; with a query only those above 0."""
        scores = None
        if self.scorer is not None and asked.query is not None:
            group = self.groups[asked.entity.name]
            scores = self.scorer.score(asked.query, group, _corpus(answering, asked))
        if scores is None:
            objects = answering.rows(asked)
            for each in objects:
                each[SCORE] = self.default
            return objects
        records = _best(answering, asked, scores)
        objects = answering.objects(records, asked)
        for one, made in zip(records, objects, strict=True):
            made[SCORE] = scores[one.attribute("pid")]
        return objects


def _best(answering: Answering, asked: Filter, scores: Mapping[str, float]) -> list[Record]:
    """Return the records of one page of those that are allowed, the best score first."""
    ranked = sorted(scores, key=lambda pid: (-scores[pid], pid))
    end = None if asked.limit is None else asked.skip + asked.limit
    first = len(ranked) if end is None else max(FIRST, 2 * end)
    found = _allowed(answering, asked, ranked[:first])
    if end is None or len(found) < end:
        found |= _allowed(answering, asked, ranked[first:])
    page = islice((pid for pid in ranked if pid in found), asked.skip, end)
    return _complete(answering, asked, [found[pid] for pid in page])


def _allowed(answering: Answering, asked: Filter, pids: Sequence[str]) -> dict[str, Record]:
    """Return which of some pids the filter allows, as records that have their pid only."""
    if not pids:
        return {}
    where = asked.where
    if len(pids) <= MOST_NAMED:
        named = Field("pid", (Test("inq", tuple(pids), "pid"),), "pid")
        where = named if where is None else Every((named, where))
    bare = replace(
        asked, where=where, fields=frozenset(("pid",)), order=(), limit=None, skip=0, query=None
    )
    wanted = set(pids)
    found = {each.attribute("pid"): each for each in reversed(answering.records(bare))}
    return {pid: each for pid, each in found.items() if pid in wanted}


def _complete(answering: Answering, asked: Filter, found: Sequence[Record]) -> list[Record]:
    """Return the same records with all that is asked of them."""
    whole: dict[tuple[str, int], Record] = {}
    for source in answering.sources(asked):
        ids = [each.id for each in found if each.source is source]
        whole |= {each.key: each for each in answering.by_ids(source, ids, asked)}
    return [whole[each.key] for each in found if each.key in whole]


def _corpus(answering: Answering, asked: Filter) -> Corpus:
    """Return all objects of a class that may be seen, as texts."""
    return Corpus(lambda: items(answering, asked.entity), lambda: _version(answering, asked))


def items(answering: Answering, entity: PanoscEntity) -> Iterator[Item]:
    """Yield all objects of a class that may be seen, as texts."""
    names = [*entity.searched, *(name for name in ("keywords",) if name in entity.attributes)]
    for each in answering.rows(Filter(entity, fields=frozenset((*names, "pid")))):
        texts: list[str] = []
        for name in names:
            value = each[name]
            texts += value if isinstance(value, list) else [value or ""]
        yield Item(each["pid"], "\n".join(texts))


def _version(answering: Answering, asked: Filter) -> Hashable:
    """Return what differs when objects were added, changed, removed or became visible."""
    bare = Filter(asked.entity)
    versions = []
    for source in answering.sources(asked):
        where = answering.translator.rows(source, bare)
        changed = Path((), source.icat.fields["modTime"])
        own_id = Path((), source.icat.fields["id"])
        last = answering.reader.rows(
            source.icat, (own_id, changed), where, order=(CoreOrder(changed, True),), limit=1
        )
        versions.append((answering.reader.count(source.icat, where), tuple(last)))
    return tuple(versions)
