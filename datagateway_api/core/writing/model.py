"""What is to be written, checked as far as it can be without the catalogue."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from datagateway_api.core.entities import Entity, Field, Relation
from datagateway_api.core.query.model import Include
from datagateway_api.core.values import Scalar

Moments: TypeAlias = frozenset[datetime]
"""The modTimes (naive UTC) of which an object must have one for it to be written to."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An object to be created, with the objects to be created below it.

    ``place`` is where it stands in the body, such as ``[2].datafiles[0]``; ``keys`` are the ids
    of to-one relations. Below another object, ``owner``, it is created ``through`` a relation.
    """

    place: str
    entity: Entity
    values: Mapping[Field, Scalar | None]
    keys: Mapping[Relation, int | None]
    children: Mapping[Relation, tuple["Draft", ...]]
    owner: "Draft | None" = field(default=None, repr=False, compare=False)
    through: Relation | None = None

    @property
    def implied(self) -> str | None:
        """The name of the relation that leads back to the owner."""
        return self.through.inverse if self.through is not None else None

    def walk(self) -> Iterator["Draft"]:
        """Yield this draft and all below it."""
        yield self
        for drafts in self.children.values():
            for draft in drafts:
                yield from draft.walk()


@dataclass(frozen=True, slots=True)
class Change:
    """What of an existing object is to be changed.

    With ``unmodified`` it is to be changed only while its modTime is one of those.
    """

    place: str
    entity: Entity
    id: int
    values: Mapping[Field, Scalar | None]
    keys: Mapping[Relation, int | None]
    unmodified: Moments | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something cannot be written: where it stands, which field, and the reason."""

    place: str
    field: str
    reason: str

    def as_detail(self) -> dict[str, object]:
        """Return the problem as it stands in an error's ``details``."""
        return {"item": self.place, "field": self.field, "reason": self.reason}


def written_tree(drafts: Sequence[Draft]) -> tuple[Include, ...]:
    """Return the relations through which drafts create others, as what to include in answers."""
    below: dict[Relation, list[Draft]] = {}
    for draft in drafts:
        for relation, children in draft.children.items():
            below.setdefault(relation, []).extend(children)
    return tuple(Include(relation, written_tree(children)) for relation, children in below.items())
