"""A query as plain data: as it was asked, and as it is after checking."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias, Union

from datagateway_api.core.entities import Entity, Field, Relation
from datagateway_api.core.query.operators import Operator
from datagateway_api.core.values import Scalar

Operand: TypeAlias = Scalar | tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """The query parameters of one request, decoded but not yet held against a schema."""

    where: tuple[object, ...] = ()
    order: tuple[str, ...] = ()
    limit: int | None = None
    skip: int = 0
    include: tuple[object, ...] = ()
    distinct: tuple[str, ...] | None = None
    fields: tuple[str, ...] | None = None
    total: bool = False
    group_by: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Path:
    """Steps from the queried entity to one field.

    A path that names a relation means its target's id; ``ends_in_relation`` tells it from one
    that names the id itself.
    """

    relations: tuple[Relation, ...]
    field: Field
    ends_in_relation: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The steps' names, in ICAT's spelling."""
        return (*(relation.name for relation in self.relations), self.field.name)

    @property
    def many(self) -> tuple[int, ...]:
        """The lengths of the prefixes that end in a to-many relation."""
        return tuple(n for n, relation in enumerate(self.relations, 1) if relation.is_many)

    def __str__(self) -> str:
        """Return the dotted path."""
        return ".".join(self.names)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One operator on one path. The operand has the field's type; for lists a tuple.

    With ``is_whole`` the pattern of a ``like`` (and its kin) must match all of the text, from its
    first character to its last, instead of some part of it.
    """

    path: Path
    operator: Operator
    operand: Operand
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class AllOf:
    """Holds when every part holds."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Holds when at least one part holds."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Related:
    """Holds when some row reached through these relations exists and meets ``where``.

    It speaks of a row of its own: no other condition shares that row, wherever it stands. The
    paths in ``where`` begin at the last relation's target. There is at least one relation.
    """

    relations: tuple[Relation, ...]
    where: "Condition | None" = None


@dataclass(frozen=True, slots=True)
class Not:
    """Holds when the part does not hold, be it false or, because of nulls, unknown.

    The part is judged by itself: it shares no related row with conditions outside.
    """

    part: "Condition"


Condition: TypeAlias = Union[Comparison, "AllOf", "AnyOf", "Related", "Not"]


@dataclass(frozen=True, slots=True)
class Order:
    """One sort key."""

    path: Path
    is_descending: bool = False


@dataclass(frozen=True, slots=True)
class Include:
    """A relation to return with each row, and what to return with its rows in turn."""

    relation: Relation
    children: tuple["Include", ...] = ()

    def walk(self) -> Iterator["Include"]:
        """Yield this include and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Query:
    """What was asked of one entity, every name found and every operand converted.

    ``fields`` empty means all; ``limit`` None means no limit. With ``distinct`` the rows are
    of those paths only; with ``group_by`` they are of those paths and a count.
    """

    entity: Entity
    where: Condition | None = None
    order: tuple[Order, ...] = ()
    limit: int | None = None
    skip: int = 0
    include: tuple[Include, ...] = ()
    distinct: tuple[Path, ...] = ()
    fields: tuple[Field, ...] = ()
    total: bool = False
    group_by: tuple[Path, ...] = ()
