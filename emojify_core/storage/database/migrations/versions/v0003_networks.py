"""The network that a file or a correction came from, for fair shares among strangers."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the columns. Older rows have none and count for their client alone."""
    for table in ("batches", "corrections"):
        op.add_column(table, sa.Column("network", sa.String(32)))
