"""Indexes for the review queue: who waits, and what was decided last."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Create the indexes. Without them, each page would read all waiting texts."""
    op.create_index(None, "corrections", ["state", "client", "sequence"])
    op.create_index(None, "corrections", ["state", "network", "sequence"])
    op.create_index(None, "corrections", ["decided_by", "updated_at"])
