"""Rows before they are written: by entity, under ICAT's names for attributes and relations."""

from collections.abc import Mapping, Sequence

Row = Mapping[str, object]
"""Attribute or to-one relation -> value: an id for a relation, a name for an enum."""


class Rows:
    """Rows in the order of their ids; the first rows of one large entity are only counted."""

    def __init__(self, large: str, count: int) -> None:
        """Start empty, with the first ids of the large entity taken."""
        self._taken = {large: count}
        self._by_entity: dict[str, list[Row]] = {}

    def add(self, entity: str, row: Row) -> int:
        """Keep a row and return its id, the one after its predecessor's."""
        rows = self._by_entity.setdefault(entity, [])
        rows.append(row)
        return self._taken.get(entity, 0) + len(rows)

    def of(self, entity: str) -> Sequence[Row]:
        """Return the rows kept of an entity."""
        return self._by_entity.get(entity, ())

    def total(self) -> int:
        """Return the number of all rows, those only counted included."""
        return sum(map(len, self._by_entity.values())) + sum(self._taken.values())
