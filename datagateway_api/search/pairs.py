"""Following ICAT's relations from many rows at once, to all the rows behind them.

A path is followed in as few calls as it takes: one for each run of to-many relations (with the
to-one relations after it), and one for to-one relations before it.
"""

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from datagateway_api.core.entities import Entity, Relation, Schema
from datagateway_api.core.query.model import Path
from datagateway_api.search.logic import Truth, every, related
from datagateway_api.search.reading import Reader, Values
from datagateway_api.search.translate import Translator

Pair: TypeAlias = tuple[int, Values]


class Pairs:
    """Finds which rows lie behind which, as far as they may be seen."""

    def __init__(self, reader: Reader, translator: Translator) -> None:
        """Take what reads, and what knows which rows may be passed."""
        self._reader = reader
        self._translator = translator

    def find(
        self,
        owner: Entity,
        steps: Sequence[Relation],
        ids: Sequence[int],
        paths: Sequence[Path],
        where: Truth,
    ) -> Iterator[Pair]:
        """Yield the id of an owner and the values of one row behind it, for each such row.

        ``paths`` begin at the row at the end, the first is its id, and each is sure; ``where`` is
        what that row must meet.
        """
        if where is False or not ids:
            return iter(())
        lead = _run(steps, is_many=False)
        many = _run(steps[lead:], is_many=True)
        if not many:
            return self._forward(owner, steps, ids, paths, where)
        if lead:
            return self._joined(owner, steps[:lead], steps[lead:], ids, paths, where)
        trail = _run(steps[many:], is_many=False)
        if many + trail < len(steps):
            cut = many + trail
            return self._joined(owner, steps[:cut], steps[cut:], ids, paths, where)
        return self._backward(owner, steps[:many], steps[many:], ids, paths, where)

    def _joined(
        self,
        owner: Entity,
        first: Sequence[Relation],
        rest: Sequence[Relation],
        ids: Sequence[int],
        paths: Sequence[Path],
        where: Truth,
    ) -> Iterator[Pair]:
        """Follow a path in two parts."""
        middle = self._schema.target(first[-1])
        own_id = (Path((), middle.fields["id"]),)
        owners: dict[int, list[int]] = {}
        passed = self._translator.passed(first[-1])
        for id_, (between,) in self.find(owner, first, ids, own_id, passed):
            owners.setdefault(between, []).append(id_)
        for between, values in self.find(middle, rest, [*owners], paths, where):
            yield from ((id_, values) for id_ in owners[between])

    def _forward(
        self,
        owner: Entity,
        steps: Sequence[Relation],
        ids: Sequence[int],
        paths: Sequence[Path],
        where: Truth,
    ) -> Iterator[Pair]:
        """Follow to-one relations, or none at all, from the owner's own row."""
        own_id = Path((), owner.fields["id"])
        asked = _behind(steps, paths)
        if asked[0] == own_id:
            rows = self._reader.rows_by(owner, own_id, ids, asked, where)
            return ((values[0], values) for values in rows)
        met = self._translator.along(steps, where)
        rows = self._reader.rows_by(owner, own_id, ids, (own_id, *asked), met)
        return ((first, values) for first, *values in rows)  # type: ignore[misc]

    def _backward(
        self,
        owner: Entity,
        many: Sequence[Relation],
        trail: Sequence[Relation],
        ids: Sequence[int],
        paths: Sequence[Path],
        where: Truth,
    ) -> Iterator[Pair]:
        """Read the rows at the end of to-many relations, which know their owners."""
        here = self._schema.target(many[-1])
        back = self._translator.ways_back(many)
        key = Path(back, owner.fields["id"])
        met = every(
            (
                self._translator.along(trail, where),
                self._translator.passed(many[-1]) if trail else True,
                *self._passed(many, back),
            )
        )
        asked = (key, *_behind(trail, paths))
        rows = self._reader.rows_by(here, key, ids, asked, met)
        return ((first, values) for first, *values in rows)  # type: ignore[misc]

    def _passed(self, many: Sequence[Relation], back: Sequence[Relation]) -> Iterator[Truth]:
        """Yield that the rows between two to-many relations may be seen."""
        for number, step in enumerate(many[:-1], 1):
            way = tuple(back[: len(many) - number])
            yield related(way, self._translator.passed(step))

    @property
    def _schema(self) -> Schema:
        return self._reader.schema


def _run(steps: Sequence[Relation], *, is_many: bool) -> int:
    """Return how many steps from the first on are all to-many, or all to-one."""
    for number, step in enumerate(steps):
        if step.is_many is not is_many:
            return number
    return len(steps)


def _behind(steps: Sequence[Relation], paths: Sequence[Path]) -> tuple[Path, ...]:
    return tuple(Path((*steps, *path.relations), path.field) for path in paths)
