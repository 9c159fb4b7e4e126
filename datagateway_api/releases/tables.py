"""The tables of the store; ``migrations`` makes them, a test holds the two against each other."""

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    UniqueConstraint,
)
from sqlalchemy.types import TypeEngine

from datagateway_api.core.entities import Field, FieldType
from datagateway_api.releases.entity import LONGEST_NAME, LONGEST_NUMBER, VALUES
from datagateway_api.sql.column_types import id_type, moment_type, name_type, text_type

METADATA: Final = MetaData()
_INDEXED: Final = ("dataset_number", "physics_short", "e_tag")

RELEASE: Final = Table(
    "releases_release",
    METADATA,
    Column("id", id_type(), primary_key=True),
    Column("name", name_type(LONGEST_NUMBER), nullable=False),
    Column("description", text_type()),
    Column("doi", name_type(LONGEST_NAME)),
    Column("state", name_type(16), nullable=False),
    Column("created_at", moment_type(), nullable=False),
    Column("created_by", name_type(LONGEST_NAME), nullable=False),
    Column("modified_at", moment_type(), nullable=False),
    Column("modified_by", name_type(LONGEST_NAME), nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("next_skim", BigInteger, nullable=False),
    UniqueConstraint("name", name="uq_releases_release_name"),
)
"""``revision`` counts the changes; ``next_skim`` is the id that the next new skim gets."""


def _type_of(field: Field) -> TypeEngine[Any]:
    if field.type is FieldType.TEXT:
        assert field.length is not None
        indexed = field.name in _INDEXED
        return name_type(field.length) if indexed else text_type()
    return BigInteger() if field.type is FieldType.LONG else Double()


DATASET: Final = Table(
    "releases_dataset",
    METADATA,
    Column("id", id_type(), primary_key=True),
    Column("release_id", BigInteger, ForeignKey("releases_release.id"), nullable=False),
    *(Column(f.column, _type_of(f), nullable=f.nullable) for f in VALUES),
    Column("number_key", name_type(LONGEST_NUMBER), nullable=False),
    Column("physics_key", name_type(LONGEST_NAME)),
    Column("keywords", text_type(), nullable=False),
    Column("skim_types", text_type(), nullable=False),
    Column("extra", text_type(), nullable=False),
    Column("lean_skims", text_type(), nullable=False),
    Column("head", text_type(), nullable=False),
    Column("file_list", text_type(), nullable=False),
    Column("skims", text_type(), nullable=False),
    UniqueConstraint("release_id", "dataset_number", name="uq_releases_dataset_number"),
    Index("ix_releases_dataset_number_key", "release_id", "number_key"),
    Index("ix_releases_dataset_physics_key", "release_id", "physics_key"),
)
"""The answer is stored as it is sent: ``head`` is its JSON without the last brace and without the
lists of files, which follow as ``file_list`` and ``skims``. The other columns are for conditions
and order; the two keys are in lower case."""

HISTORY: Final = Table(
    "releases_history",
    METADATA,
    Column("id", id_type(), primary_key=True),
    Column("release_name", name_type(LONGEST_NUMBER), nullable=False),
    Column("dataset_number", name_type(LONGEST_NUMBER)),
    Column("action", name_type(16), nullable=False),
    Column("field", name_type(LONGEST_NAME)),
    Column("old", text_type()),
    Column("new", text_type()),
    Column("forced", Integer, nullable=False),
    Column("at", moment_type(), nullable=False),
    Column("by", name_type(LONGEST_NAME), nullable=False),
    Index("ix_releases_history_release", "release_name", "id"),
)
"""Old and new values are JSON. It outlives its release, so it is tied to it by name only."""

SESSION: Final = Table(
    "releases_session",
    METADATA,
    Column("id", name_type(255), key="id", primary_key=True),
    Column("expire_date_time", moment_type(), key="expireDateTime"),
    Column("user_name", name_type(LONGEST_NAME), key="userName"),
)

WEIGHT: Final = Table(
    "releases_weight",
    METADATA,
    Column("release_id", BigInteger, ForeignKey("releases_release.id"), primary_key=True),
    Column("dataset_number", name_type(LONGEST_NUMBER), primary_key=True),
    Column("e_tag", name_type(100), primary_key=True),
    Column("names", text_type(), nullable=False),
    Index("ix_releases_weight_number", "dataset_number"),
)
"""``names`` is a JSON array of the weights' names."""
