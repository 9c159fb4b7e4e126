"""What a catalogue is made of: entities, their fields and their relations."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cached_property


class FieldType(Enum):
    """The types an attribute can have, by their names in ICAT; ICAT has no lists."""

    TEXT = "String"
    LONG = "Long"
    INTEGER = "Integer"
    DOUBLE = "Double"
    FLAG = "Boolean"
    DATE = "Date"
    ENUM = "Enum"
    LIST = "List"


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """One attribute of an entity.

    ``length`` is in characters, ``choices`` are by ordinal, ``enum`` is the name of their type,
    ``default`` is what ICAT stores when a new object leaves the attribute out.
    """

    name: str
    type: FieldType
    column: str
    nullable: bool
    length: int | None = None
    choices: tuple[str, ...] = ()
    default: int | None = None
    since: str = ""
    doc: str = ""
    enum: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Relation:
    """One step from an entity to another.

    A to-one relation has the foreign key ``column`` in its own table; a to-many relation's
    foreign key is the column of ``inverse`` in the target's table.
    """

    name: str
    target: str
    is_many: bool
    inverse: str | None
    column: str | None = None
    nullable: bool = True
    since: str = ""


@dataclass(frozen=True, eq=False)
class Entity:
    """One entity: its endpoint, table, fields, relations and unique key."""

    name: str
    endpoint: str
    table: str
    fields: Mapping[str, Field]
    relations: Mapping[str, Relation]
    unique: tuple[str, ...] = ()
    natural_order: tuple[str, ...] = ()
    since: str = ""
    doc: str = ""

    @cached_property
    def names(self) -> tuple[str, ...]:
        """All names a path may go on with from here."""
        return (*self.fields, *self.relations)

    @cached_property
    def to_one(self) -> tuple[Relation, ...]:
        """The relations whose foreign key is in this entity's table."""
        return tuple(r for r in self.relations.values() if not r.is_many)


@dataclass(frozen=True, eq=False)
class Schema:
    """The entities of one catalogue, found by name or by endpoint."""

    entities: Mapping[str, Entity]
    endpoints: Mapping[str, Entity] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Index the entities by endpoint."""
        by_endpoint = {entity.endpoint: entity for entity in self.entities.values()}
        object.__setattr__(self, "endpoints", by_endpoint)

    def target(self, relation: Relation) -> Entity:
        """Return the entity a relation leads to."""
        return self.entities[relation.target]

    def foreign_key(self, relation: Relation) -> str:
        """Return the column that joins a relation: its own, or its inverse's for to-many."""
        if not relation.is_many:
            assert relation.column is not None
            return relation.column
        assert relation.inverse is not None
        column = self.entities[relation.target].relations[relation.inverse].column
        assert column is not None
        return column

    def cut(
        self,
        keeps_entity: Callable[[Entity], bool],
        keeps_column: Callable[[Entity, str], bool],
    ) -> "Schema":
        """Return the schema without what is not kept.

        A relation goes with its foreign key's column, on both sides, and with its target.
        """
        kept = {name: e for name, e in self.entities.items() if keeps_entity(e)}

        def keeps_relation(entity: Entity, relation: Relation) -> bool:
            if relation.target not in kept:
                return False
            owner = kept[relation.target] if relation.is_many else entity
            return keeps_column(owner, self.foreign_key(relation))

        return Schema(
            {
                name: replace(
                    entity,
                    fields={
                        n: f for n, f in entity.fields.items() if keeps_column(entity, f.column)
                    },
                    relations={
                        n: r for n, r in entity.relations.items() if keeps_relation(entity, r)
                    },
                )
                for name, entity in kept.items()
            }
        )
