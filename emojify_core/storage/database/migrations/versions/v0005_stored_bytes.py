"""The bytes that a batch takes in the store, for quotas."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the column. Older rows have none and count the size of their file."""
    op.add_column("batches", sa.Column("stored_bytes", sa.BigInteger))
