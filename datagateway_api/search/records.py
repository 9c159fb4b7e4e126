"""PaNOSC objects in the making: the values of ICAT's rows as attributes."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from datagateway_api.core.entities import FieldType, Relation
from datagateway_api.core.query.model import Path
from datagateway_api.search.mapping import Source, is_sure
from datagateway_api.search.moments import answered
from datagateway_api.search.pairs import Pairs
from datagateway_api.search.panosc import Kind
from datagateway_api.search.pids import pid_of
from datagateway_api.search.public import PUBLIC
from datagateway_api.search.reading import Values
from datagateway_api.search.translate import Translator


@dataclass(slots=True)
class Record:
    """One row of a source: the values of its paths, and the object made of them."""

    source: Source
    id: int
    found: dict[Path, Any]
    object: dict[str, Any]

    @property
    def key(self) -> tuple[str, int]:
        """What tells it from all others of its class."""
        return self.source.icat.name, self.id

    @property
    def place(self) -> tuple[tuple[bool, Any], ...]:
        """Where it stands where no order is asked for: by pid, missing ones first."""
        values = [self.found[path] for path in self.source.order]
        return tuple((value is not None, value) for value in values)

    def attribute(self, name: str) -> Any:
        """Return an attribute as it is answered, from the first path that has a value."""
        if name == PUBLIC:
            return True
        paths = self.source.attributes[name]
        kind = self.source.entity.attributes[name].kind
        if kind is Kind.TEXTS:
            return [str(value) for path in paths for value in self._values(path)]
        for path in paths:
            for value in self._values(path):
                return _answered(kind, path, name, value)
        return None

    def _values(self, path: Path) -> list[Any]:
        value = self.found.get(path)
        values = value if isinstance(value, list) else [value]
        return [each for each in values if each is not None]

    def make(self, names: Collection[str] | None) -> None:
        """Make the object's attributes: all, or those of some names, in the model's order."""
        for name in self.source.entity.attributes:
            if names is None or name in names:
                self.object[name] = self.attribute(name)


def paths_of(source: Source, names: Collection[str] | None) -> tuple[Path, ...]:
    """Return the paths that can be read with a row: its id first, then those of attributes."""
    own_id = Path((), source.icat.fields["id"])
    paths = {own_id.names: own_id}
    for path in (*source.order, *_wanted(source, names)):
        if is_sure(path):
            paths.setdefault(path.names, path)
    return tuple(paths.values())


def record(source: Source, paths: Sequence[Path], values: Values) -> Record:
    """Return the record of one row, whose paths are those of :func:`paths_of`."""
    return Record(source, values[0], dict(zip(paths, values, strict=True)), {})


class Completing:
    """Reads what does not come with a row: attributes behind optional or to-many relations."""

    def __init__(self, pairs: Pairs, translator: Translator) -> None:
        """Take what follows relations, and what knows which rows may be seen."""
        self._pairs = pairs
        self._translator = translator

    def complete(self, records: Iterable[Record], names: Collection[str] | None) -> None:
        """Read the rest of some attributes for records of any sources, a call a relation path.

        What a record has been given before is not read again.
        """
        by_source: dict[Source, dict[int, list[Record]]] = {}
        for each in records:
            by_source.setdefault(each.source, {}).setdefault(each.id, []).append(each)
        for source, found in by_source.items():
            for steps, paths in _behind_relations(source, names).items():
                lacking = _lacking(found, paths)
                if lacking:
                    self._read(source, steps, paths, lacking)

    def _read(
        self,
        source: Source,
        steps: tuple[Relation, ...],
        paths: Sequence[Path],
        records: Mapping[int, list[Record]],
    ) -> None:
        target = self._translator.target(steps[-1])
        own = [Path((), target.fields["id"])]
        own += [Path((), path.field) for path in paths if path.field.name != "id"]
        may_be_seen = self._translator.passed(steps[-1])
        rows = sorted(
            self._pairs.find(source.icat, steps, [*records], own, may_be_seen),
            key=lambda pair: (pair[0], pair[1][0]),
        )
        names = [path.field.name for path in own]
        for each in (each for same in records.values() for each in same):
            each.found.update((path, []) for path in paths)
        for id_, values in rows:
            row = dict(zip(names, values, strict=True))
            for each in records[id_]:
                for path in paths:
                    each.found[path].append(row[path.field.name])


def _lacking(records: Mapping[int, list[Record]], paths: Sequence[Path]) -> dict[int, list[Record]]:
    """Return the records, by id, that lack one of some paths."""
    found: dict[int, list[Record]] = {}
    for id_, same in records.items():
        lacking = [each for each in same if any(path not in each.found for path in paths)]
        if lacking:
            found[id_] = lacking
    return found


def _behind_relations(
    source: Source, names: Collection[str] | None
) -> dict[tuple[Relation, ...], list[Path]]:
    found: dict[tuple[Relation, ...], list[Path]] = {}
    for path in _wanted(source, names):
        if not is_sure(path):
            found.setdefault(path.relations, []).append(path)
    return found


def _wanted(source: Source, names: Collection[str] | None) -> Iterable[Path]:
    for name, paths in source.attributes.items():
        if names is None or name in names:
            yield from paths


def _answered(kind: Kind, path: Path, name: str, value: Any) -> Any:
    if name == "pid":
        return pid_of(value)
    if kind is Kind.TEXT:
        return str(value)
    return answered(value) if path.field.type is FieldType.DATE else value
