"""A filter as plain data: every name found in the PaNOSC model, no catalogue known yet."""

from dataclasses import dataclass, replace
from typing import TypeAlias, Union

from datagateway_api.search.panosc import PanoscEntity

Raw: TypeAlias = str | int | float | bool | None
Operand: TypeAlias = Raw | tuple[Raw, ...]


@dataclass(frozen=True, slots=True)
class Test:
    """One operator with its operand; ``place`` is where it stands, for messages."""

    __test__ = False

    operator: str
    operand: Operand
    place: str


@dataclass(frozen=True, slots=True)
class Field:
    """All tests hold for one attribute."""

    name: str
    tests: tuple[Test, ...]
    place: str


@dataclass(frozen=True, slots=True)
class Text:
    """Some searched attribute contains the words, upper and lower case alike."""

    words: str


@dataclass(frozen=True, slots=True)
class Has:
    """Some row that one relation leads to meets a where."""

    relation: str
    where: "Where"


@dataclass(frozen=True, slots=True)
class Every:
    """Every part holds; without parts it always does."""

    parts: tuple["Where", ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one part holds."""

    parts: tuple["Where", ...]


@dataclass(frozen=True, slots=True)
class Neither:
    """No part holds."""

    parts: tuple["Where", ...]


Where: TypeAlias = Union[Field, Text, Has, "Every", "Some", "Neither"]
ANYTHING = Every(())


@dataclass(frozen=True, slots=True)
class Order:
    """One sort key."""

    name: str
    is_descending: bool


@dataclass(frozen=True, slots=True)
class Include:
    """One relation to answer with, and what its scope asks."""

    relation: str
    scope: "Filter"

    @property
    def joins(self) -> bool:
        """Say whether parents without a match go: some where is in the scope, at any depth."""
        return self.scope.where is not None or any(each.joins for each in self.scope.include)


@dataclass(frozen=True, slots=True)
class Filter:
    """What one filter, of a request or of a scope, asks of an entity.

    ``where`` None means that none was given; ``limit`` None means all; ``fields`` None too.
    """

    entity: PanoscEntity
    where: Where | None = None
    include: tuple[Include, ...] = ()
    order: tuple[Order, ...] = ()
    fields: frozenset[str] | None = None
    limit: int | None = None
    skip: int = 0
    query: str | None = None

    def with_more(self, *, where: Where | None, query: str | None) -> "Filter":
        """Return the filter with a further condition, and words to search for if it has none."""
        wheres = tuple(each for each in (self.where, where) if each is not None)
        both = Every(wheres) if len(wheres) > 1 else next(iter(wheres), None)
        return replace(self, where=both, query=self.query or query)
