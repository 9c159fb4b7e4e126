"""How PaNOSC's classes are drawn from ICAT's entities: a mapping bound to one schema."""

from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from functools import cached_property

from datagateway_api.core.entities import Entity, Relation
from datagateway_api.core.query.model import Path
from datagateway_api.search.panosc import PanoscEntity


@dataclass(frozen=True, slots=True)
class Link:
    """One way from a source to a source of a related class; no relations is the row itself."""

    relations: tuple[Relation, ...]
    target: "Source"


@dataclass(frozen=True, eq=False)
class Source:
    """One ICAT entity from which objects of a PaNOSC class are drawn.

    ``attributes`` gives for each attribute the paths to try in turn, none where the source does
    not have it; ``links`` gives for each relation the ways to its target, none likewise.
    """

    entity: PanoscEntity
    icat: Entity
    attributes: MappingOf[str, tuple[Path, ...]]
    links: MappingOf[str, tuple[Link, ...]] = field(default_factory=dict)

    @cached_property
    def identity(self) -> tuple[Path, ...]:
        """The paths of which one must have a value, lest there is no object at all."""
        names = [a.name for a in self.entity.attributes.values() if a.is_identity]
        return tuple(
            path
            for name in names
            for path in self.attributes[name]
            if path.field.nullable or path.relations
        )

    @cached_property
    def order(self) -> tuple[Path, ...]:
        """The paths that put rows into a total order: those of the pid, then ICAT's id."""
        own_id = Path((), self.icat.fields["id"])
        paths = {path.names: path for path in self.attributes.get("pid", ()) if is_sure(path)}
        return tuple({**paths, ("id",): own_id}.values())


@dataclass(frozen=True, eq=False)
class Mapping:
    """Every class's sources, in the order of the file."""

    sources: MappingOf[str, tuple[Source, ...]]

    def has(self, entity: PanoscEntity, attribute: str) -> bool:
        """Say whether any source of a class has an attribute."""
        return any(source.attributes[attribute] for source in self.sources[entity.name])

    def links_to(self, entity: PanoscEntity, relation: str) -> bool:
        """Say whether any source of a class has a relation."""
        return any(source.links[relation] for source in self.sources[entity.name])


def is_sure(path: Path) -> bool:
    """Say whether every row has what a path walks through, once: to-one and never missing."""
    return all(not step.is_many and not step.nullable for step in path.relations)


def is_many(path: Path) -> bool:
    """Say whether a path may lead to several values."""
    return any(step.is_many for step in path.relations)
