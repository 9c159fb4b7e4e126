"""What a dataset has, as data: the fields that every release shares, and the release itself."""

from collections.abc import Mapping
from typing import Final

from datagateway_api.core.entities import Entity, Field, FieldType, Relation, Schema

LONGEST_NUMBER: Final = 100
LONGEST_NAME: Final = 255
LONGEST_TEXT: Final = 4000
BLANKS: Final = " \t\r\n"
"""What the name of no field begins or ends with, as files have it around their columns' names."""

_TEXT, _DOUBLE, _LONG, _LIST = FieldType.TEXT, FieldType.DOUBLE, FieldType.LONG, FieldType.LIST


def _field(
    name: str, type_: FieldType, doc: str, column: str | None = None, length: int | None = None
) -> Field:
    is_text = type_ is FieldType.TEXT
    return Field(
        name,
        type_,
        column or name.lower(),
        nullable=type_ is not FieldType.LIST,
        length=(length or LONGEST_TEXT) if is_text else None,
        doc=doc,
    )


NUMBER: Final = Field(
    "dataset_number",
    FieldType.TEXT,
    "dataset_number",
    nullable=False,
    length=LONGEST_NUMBER,
    doc="The dataset's number, unique in its release; a text, as `data` is one too.",
)

_ROWS: Final = (
    NUMBER,
    _field("physics_short", _TEXT, "Short name of the physics sample.", length=LONGEST_NAME),
    _field("e_tag", _TEXT, "Tag of the event generation.", length=LONGEST_NAME),
    _field("cross_section_pb", _DOUBLE, "Cross-section, in picobarn."),
    _field("genFiltEff", _DOUBLE, "Efficiency of the generator's filter.", "gen_filt_eff"),
    _field("kFactor", _DOUBLE, "Factor from the order computed to a higher one.", "k_factor"),
    _field("nEvents", _LONG, "Number of events.", "n_events"),
    _field("sumOfWeights", _DOUBLE, "Sum of the events' weights.", "sum_of_weights"),
    _field("sumOfWeightsSquared", _DOUBLE, "Sum of the squared weights.", "sum_of_weights_squared"),
    _field("process", _TEXT, "The physics process."),
    _field("generator", _TEXT, "Names and versions of the generators."),
    _field("keywords", _LIST, "Keywords."),
    _field("description", _TEXT, "What the dataset is.", length=60_000),
    _field("job_path", _TEXT, "Where the job options are."),
    _field("CoMEnergy", _TEXT, "Centre-of-mass energy.", "com_energy"),
    _field("GenEvents", _LONG, "Number of events generated.", "gen_events"),
    _field("GenTune", _TEXT, "Tune of the generator.", "gen_tune"),
    _field("PDF", _TEXT, "Set of parton distribution functions."),
    _field("Release", _TEXT, "Release of the software that made it.", "software_release"),
    _field("Filters", _TEXT, "Filters that were applied."),
    _field("file_list", _LIST, "Addresses of the files."),
    _field("skims", _LIST, "Selections of the events, each with files of its own."),
)

FIELDS: Final[Mapping[str, Field]] = {field.name: field for field in _ROWS}
"""Every field that all releases have, in the order in which it is answered."""

ALIASES: Final[Mapping[str, str]] = {"crossSection_pb": "cross_section_pb", "e-tag": "e_tag"}
"""Old names that uploads may use."""

VALUES: Final = tuple(f for f in _ROWS if f.type is not FieldType.LIST)
"""The fields that are one value, each a column."""

_RELEASE_FIELDS: Final = (
    Field("id", FieldType.LONG, "id", nullable=False),
    Field("name", FieldType.TEXT, "name", nullable=False, length=LONGEST_NUMBER),
    Field("description", FieldType.TEXT, "description", nullable=True, length=60_000),
    Field("doi", FieldType.TEXT, "doi", nullable=True, length=LONGEST_NAME),
    Field("state", FieldType.TEXT, "state", nullable=False, length=16),
)

RELEASE: Final = Entity(
    "Release",
    "releases",
    "releases_release",
    {field.name: field for field in _RELEASE_FIELDS},
    {},
    unique=("name",),
    natural_order=("name",),
    doc="One open-data release",
)
DATASET: Final = Entity(
    "Dataset",
    "datasets",
    "releases_dataset",
    FIELDS,
    {"release": Relation("release", "Release", is_many=False, inverse=None, column="release_id")},
    unique=("release", "dataset_number"),
    doc="One dataset of a release",
)
SCHEMA: Final = Schema({"Release": RELEASE, "Dataset": DATASET})
