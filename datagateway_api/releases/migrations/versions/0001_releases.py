"""Releases with their datasets, the history of both, and the sessions of those who write."""

import sqlalchemy as sa
from alembic import op

from datagateway_api.sql.column_types import id_type, moment_type, name_type, text_type

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TEXTS = (
    "process",
    "generator",
    "description",
    "job_path",
    "com_energy",
    "gen_tune",
    "pdf",
    "software_release",
    "filters",
)
NUMBERS = (
    "cross_section_pb",
    "gen_filt_eff",
    "k_factor",
    "sum_of_weights",
    "sum_of_weights_squared",
)
WHOLE = ("n_events", "gen_events")
# What is read most often stands before what is long.
STORED = ("keywords", "skim_types", "extra", "lean_skims", "head", "file_list", "skims")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "releases_release",
        sa.Column("id", id_type(), primary_key=True),
        sa.Column("name", name_type(100), nullable=False),
        sa.Column("description", text_type()),
        sa.Column("doi", name_type(255)),
        sa.Column("state", name_type(16), nullable=False),
        sa.Column("created_at", moment_type(), nullable=False),
        sa.Column("created_by", name_type(255), nullable=False),
        sa.Column("modified_at", moment_type(), nullable=False),
        sa.Column("modified_by", name_type(255), nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("next_skim", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("name", name="uq_releases_release_name"),
    )
    op.create_table(
        "releases_dataset",
        sa.Column("id", id_type(), primary_key=True),
        sa.Column(
            "release_id", sa.BigInteger, sa.ForeignKey("releases_release.id"), nullable=False
        ),
        sa.Column("dataset_number", name_type(100), nullable=False),
        sa.Column("physics_short", name_type(255)),
        sa.Column("e_tag", name_type(255)),
        *(sa.Column(name, text_type()) for name in TEXTS),
        *(sa.Column(name, sa.Double) for name in NUMBERS),
        *(sa.Column(name, sa.BigInteger) for name in WHOLE),
        sa.Column("number_key", name_type(100), nullable=False),
        sa.Column("physics_key", name_type(255)),
        *(sa.Column(name, text_type(), nullable=False) for name in STORED),
        sa.UniqueConstraint("release_id", "dataset_number", name="uq_releases_dataset_number"),
    )
    for name in ("number_key", "physics_key"):
        op.create_index(f"ix_releases_dataset_{name}", "releases_dataset", ["release_id", name])
    op.create_table(
        "releases_history",
        sa.Column("id", id_type(), primary_key=True),
        sa.Column("release_name", name_type(100), nullable=False),
        sa.Column("dataset_number", name_type(100)),
        sa.Column("action", name_type(16), nullable=False),
        sa.Column("field", name_type(255)),
        sa.Column("old", text_type()),
        sa.Column("new", text_type()),
        sa.Column("forced", sa.Integer, nullable=False),
        sa.Column("at", moment_type(), nullable=False),
        sa.Column("by", name_type(255), nullable=False),
    )
    op.create_index("ix_releases_history_release", "releases_history", ["release_name", "id"])
    op.create_table(
        "releases_session",
        sa.Column("id", name_type(255), primary_key=True),
        sa.Column("expire_date_time", moment_type()),
        sa.Column("user_name", name_type(255)),
    )


def downgrade() -> None:
    """Take the tables away, with all that is in them."""
    for name in ("session", "history", "dataset", "release"):
        op.drop_table(f"releases_{name}")
