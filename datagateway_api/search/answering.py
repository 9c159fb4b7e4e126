"""Answering requests: lists, counts, single objects and the files of a data set."""

from collections.abc import Sequence
from datetime import datetime
from functools import cmp_to_key
from heapq import merge
from itertools import islice
from typing import Any, TypeAlias

from datagateway_api.core.query.model import Order as CoreOrder
from datagateway_api.core.query.model import Path
from datagateway_api.search.comparing import among
from datagateway_api.search.errors import unknown_object
from datagateway_api.search.filters import Field, Filter, Order, Test
from datagateway_api.search.includes import Includes
from datagateway_api.search.logic import Truth, every
from datagateway_api.search.mapping import Source, is_sure
from datagateway_api.search.pairs import Pairs
from datagateway_api.search.reading import Reader
from datagateway_api.search.records import Completing, Record, paths_of, record
from datagateway_api.search.sizes import check
from datagateway_api.search.translate import Knowledge, Translator

Objects: TypeAlias = list[dict[str, Any]]


class Answering:
    """Answers one request: everything in it is judged for the same moment."""

    def __init__(self, reader: Reader, knowledge: Knowledge, now: datetime) -> None:
        """Take what reads, what conditions are translated with, and the moment."""
        self.reader = reader
        self.translator = Translator(knowledge, now)
        self._mapping = knowledge.mapping
        pairs = Pairs(reader, self.translator)
        self._completing = Completing(pairs, self.translator)
        self._includes = Includes(pairs, self.translator, self._completing)

    def sources(self, asked: Filter) -> tuple[Source, ...]:
        """Return what objects of a filter's class are drawn from."""
        return self._mapping.sources[asked.entity.name]

    def count(self, asked: Filter) -> int:
        """Return how many objects a list has without limit and skip."""
        return sum(
            self.reader.count(source.icat, self.translator.rows(source, asked))
            for source in self.sources(asked)
        )

    def rows(self, asked: Filter) -> Objects:
        """Return the objects that a filter asks for."""
        return self.objects(self.records(asked), asked)

    def records(self, asked: Filter) -> list[Record]:
        """Return the records that a filter asks for, without what it includes."""
        wheres = {source: self.translator.rows(source, asked) for source in self.sources(asked)}
        return self._page(asked, wheres)

    def one(self, asked: Filter, pid: str) -> dict[str, Any]:
        """Return the object with a pid. Raises NotFound.

        The filter cuts what is included, but never refuses the object.
        """
        return self.objects([self._named(asked, pid)], asked)[0]

    def files(self, asked: Filter, dataset: Filter, pid: str) -> Objects:
        """Return the files of a data set. Raises NotFound when there is no such data set."""
        return self.objects(self._page(asked, self._files(asked, dataset, pid)), asked)

    def count_files(self, asked: Filter, dataset: Filter, pid: str) -> int:
        """Return how many files of a data set there are. Raises NotFound likewise."""
        wheres = self._files(asked, dataset, pid)
        return sum(self.reader.count(source.icat, where) for source, where in wheres.items())

    def objects(self, records: Sequence[Record], asked: Filter) -> Objects:
        """Return the objects of records, complete with what a filter includes."""
        self._completing.complete(records, asked.fields)
        for each in records:
            each.make(asked.fields)
        self._includes.attach(records, asked.include)
        objects = [each.object for each in records]
        if asked.include:
            check(objects)
        return objects

    def by_ids(self, source: Source, ids: Sequence[int], asked: Filter) -> list[Record]:
        """Return the records of rows that are known to be allowed, in the order of their ids."""
        paths = paths_of(source, asked.fields)
        own_id = Path((), source.icat.fields["id"])
        rows = self.reader.rows_by(source.icat, own_id, ids, paths, True)
        found = {values[0]: record(source, paths, values) for values in rows}
        return [found[id_] for id_ in ids if id_ in found]

    def _named(self, asked: Filter, pid: str) -> Record:
        """Return the record of the object with a pid."""
        test = Field("pid", (Test("eq", pid, "pid"),), "pid")
        bare = Filter(asked.entity, where=test, fields=asked.fields, limit=1)
        found = self.records(bare)
        if not found:
            raise unknown_object(asked.entity.name, pid)
        return found[0]

    def _files(self, asked: Filter, dataset: Filter, pid: str) -> dict[Source, Truth]:
        """Return what files must meet to be of a data set and to be asked for."""
        owner = self._named(dataset, pid)
        wheres: dict[Source, Truth] = {}
        for link in owner.source.links["files"]:
            back = self.translator.ways_back(link.relations)
            mine = among(Path(back, owner.source.icat.fields["id"]), (owner.id,))
            wheres[link.target] = every((mine, self.translator.rows(link.target, asked)))
        return wheres

    def _page(self, asked: Filter, wheres: dict[Source, Truth]) -> list[Record]:
        """Return the records of one page, drawn from all sources in one order."""
        open_ = [source for source, where in wheres.items() if where is not False]
        if len(open_) < 2:
            return [
                each
                for source in open_
                for each, _ in self._rows(source, asked, wheres[source], asked.limit, asked.skip)
            ]
        end = None if asked.limit is None else asked.skip + asked.limit
        lists = [self._rows(source, asked, wheres[source], end, 0) for source in open_]
        # Only the heads of the lists are compared, so a page never depends on what comes later.
        merged = merge(*lists, key=cmp_to_key(_comparison(asked.order)))
        return [each for each, _ in islice(merged, asked.skip, end)]

    def _rows(
        self, source: Source, asked: Filter, where: Truth, limit: int | None, skip: int
    ) -> list[tuple[Record, list[Any]]]:
        """Return the rows of one source with the values that they are sorted by."""
        keys = self._keys(source, asked.order)
        paths = dict.fromkeys((*paths_of(source, asked.fields), *(key.path for key in keys)))
        if all(is_sure(path) for path in paths):
            rows = self.reader.rows(
                source.icat, [*paths], where, order=keys, limit=limit, skip=skip
            )
            found = [record(source, [*paths], values) for values in rows]
        else:
            ids = self.reader.ids(source.icat, where, order=keys, limit=limit, skip=skip)
            found = self.by_ids(source, ids, asked)
            self._completing.complete(found, [key.name for key in asked.order])
        return [(each, _sorted_by(each, asked.order)) for each in found]

    def _keys(self, source: Source, order: Sequence[Order]) -> list[CoreOrder]:
        """Return what a source's rows are sorted by: what is asked, then the pid.

        What may lie in hidden rows sorts nothing: the order would tell of it.
        """
        keys: dict[tuple[str, ...], CoreOrder] = {}
        for key in order:
            for path in source.attributes[key.name]:
                if self.translator.sorts_by(path):
                    keys.setdefault(path.names, CoreOrder(path, key.is_descending))
        for path in source.order:
            keys.setdefault(path.names, CoreOrder(path))
        return [*keys.values()]


def _sorted_by(each: Record, order: Sequence[Order]) -> list[Any]:
    return [*(each.attribute(key.name) for key in order), each.place]


def _comparison(order: Sequence[Order]) -> Any:
    """Return how rows of several sources compare: as a database sorts, missing values first."""
    directions = [key.is_descending for key in order] + [False]

    def compare(one: tuple[Record, list[Any]], other: tuple[Record, list[Any]]) -> int:
        for left, right, is_descending in zip(one[1], other[1], directions, strict=True):
            result = _compare(left, right)
            if result:
                return -result if is_descending else result
        return 0

    return compare


def _compare(left: Any, right: Any) -> int:
    if left == right:
        return 0
    if left is None or right is None:
        return -1 if left is None else 1
    if isinstance(left, list) or type(left) is not type(right):
        left, right = str(left), str(right)
    return -1 if left < right else 1
