"""The names of the weights that the events of a dataset have."""

import sqlalchemy as sa
from alembic import op

from datagateway_api.sql.column_types import name_type, text_type

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "releases_weight",
        sa.Column(
            "release_id", sa.BigInteger, sa.ForeignKey("releases_release.id"), primary_key=True
        ),
        sa.Column("dataset_number", name_type(100), primary_key=True),
        sa.Column("e_tag", name_type(100), primary_key=True),
        sa.Column("names", text_type(), nullable=False),
    )
    op.create_index("ix_releases_weight_number", "releases_weight", ["dataset_number"])


def downgrade() -> None:
    """Take the table away."""
    op.drop_table("releases_weight")
