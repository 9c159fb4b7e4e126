"""The PaNOSC data model as data: what the search API answers with, whatever the catalogue has.

Source: the documentation and behaviour of the reference implementation (panosc-eu/search-api).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from types import MappingProxyType
from typing import Final


class Kind(Enum):
    """What an attribute's values are."""

    TEXT = "a text"
    WHOLE = "a whole number"
    DATE = "a date"
    FLAG = "true or false"
    VALUE = "a number or a text"
    TEXTS = "a list of texts"


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of an entity; ``is_identity`` marks what an object cannot be without."""

    name: str
    kind: Kind = Kind.TEXT
    doc: str = ""
    is_identity: bool = False


@dataclass(frozen=True, slots=True)
class Relation:
    """One relation: what it leads to, and whether to many."""

    name: str
    target: str
    is_many: bool = True


@dataclass(frozen=True)
class PanoscEntity:
    """One class of the model. ``searched`` are the attributes that ``text`` looks into."""

    name: str
    attributes: Mapping[str, Attribute]
    relations: Mapping[str, Relation]
    searched: tuple[str, ...] = ()

    @cached_property
    def names(self) -> tuple[str, ...]:
        """All names that a condition may start with."""
        return (*self.attributes, *self.relations)


def _entity(
    name: str,
    attributes: tuple[Attribute, ...],
    relations: tuple[Relation, ...],
    searched: tuple[str, ...] = (),
) -> PanoscEntity:
    return PanoscEntity(
        name,
        MappingProxyType({attribute.name: attribute for attribute in attributes}),
        MappingProxyType({relation.name: relation for relation in relations}),
        searched,
    )


_PID = Attribute("pid", doc="Persistent identifier, such as a DOI.")
_ID = Attribute("id", doc="Internal identifier, which may change.")
_PUBLIC = Attribute("isPublic", Kind.FLAG, "Always true: nothing else is shown.")

_ENTITIES: Final = (
    _entity(
        "Dataset",
        (
            _PID,
            Attribute("title", doc="What the data set is called."),
            _PUBLIC,
            Attribute("creationDate", Kind.DATE, "When it was made."),
            Attribute("size", Kind.WHOLE, "Bytes in all its files."),
        ),
        (
            Relation("documents", "Document"),
            Relation("techniques", "Technique"),
            Relation("instrument", "Instrument", is_many=False),
            Relation("files", "File"),
            Relation("parameters", "Parameter"),
            Relation("samples", "Sample"),
        ),
        ("title",),
    ),
    _entity(
        "Document",
        (
            _PID,
            _PUBLIC,
            Attribute("type", doc="Such as proposal or publication."),
            Attribute("title", doc="What the document is called."),
            Attribute("summary", doc="What it is about."),
            Attribute("doi", doc="Digital object identifier."),
            Attribute("startDate", Kind.DATE, "When the experiment began."),
            Attribute("endDate", Kind.DATE, "When the experiment ended."),
            Attribute("releaseDate", Kind.DATE, "When it became open."),
            Attribute("license", doc="SPDX identifier of the licence."),
            Attribute("keywords", Kind.TEXTS, "Words to find it by."),
        ),
        (
            Relation("datasets", "Dataset"),
            Relation("members", "Member"),
            Relation("parameters", "Parameter"),
        ),
        ("title", "summary"),
    ),
    _entity(
        "Instrument",
        (
            _PID,
            Attribute("name", doc="What the instrument is called."),
            Attribute("facility", doc="Where it stands."),
        ),
        (Relation("datasets", "Dataset"),),
        ("name", "facility"),
    ),
    _entity(
        "File",
        (
            _ID,
            Attribute("name", doc="What the file is called."),
            Attribute("path", doc="Where it lies."),
            Attribute("size", Kind.WHOLE, "Bytes."),
        ),
        (Relation("dataset", "Dataset", is_many=False),),
        ("name",),
    ),
    _entity(
        "Technique",
        (
            _PID,
            Attribute("name", doc="What the technique is called."),
            Attribute("panetId", doc="Identifier in the PaNET ontology."),
        ),
        (Relation("datasets", "Dataset"),),
        ("name",),
    ),
    _entity(
        "Sample",
        (
            Attribute("name", doc="What the sample is called."),
            _PID,
            Attribute("description", doc="What it is."),
        ),
        (Relation("datasets", "Dataset"),),
        ("name", "description"),
    ),
    _entity(
        "Parameter",
        (
            _ID,
            Attribute("name", doc="What was set or measured."),
            Attribute("value", Kind.VALUE, "A number, a text or a date."),
            Attribute("unit", doc="The unit of the value."),
        ),
        (
            Relation("dataset", "Dataset", is_many=False),
            Relation("document", "Document", is_many=False),
        ),
    ),
    _entity(
        "Member",
        (_ID, Attribute("role", doc="Such as principal investigator.")),
        (
            Relation("document", "Document", is_many=False),
            Relation("person", "Person", is_many=False),
            Relation("affiliation", "Affiliation", is_many=False),
        ),
    ),
    _entity(
        "Person",
        (
            _ID,
            Attribute("fullName", doc="First and last name."),
            Attribute("orcid", doc="ORCID iD."),
            Attribute("researcherId", doc="ResearcherID."),
            Attribute("firstName"),
            Attribute("lastName"),
        ),
        (Relation("members", "Member"),),
        ("firstName", "lastName", "fullName"),
    ),
    _entity(
        "Affiliation",
        (
            Attribute("name", doc="What the institution is called.", is_identity=True),
            _ID,
            Attribute("address"),
            Attribute("city"),
            Attribute("country"),
        ),
        (Relation("members", "Member"),),
        ("name", "address", "city", "country"),
    ),
)
ENTITIES: Final[Mapping[str, PanoscEntity]] = MappingProxyType({e.name: e for e in _ENTITIES})
"""The ten classes by name; attributes stand in the order in which they are answered."""

ROOTS: Final[Mapping[str, str]] = MappingProxyType(
    {"Datasets": "Dataset", "Documents": "Document", "Instruments": "Instrument"}
)
"""The classes that can be asked for, by the name in the address."""
