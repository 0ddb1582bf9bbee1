"""Whether the rebuild after an erased correction may wait for others."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the column. Without a value the rebuild is due at once, as in earlier releases."""
    op.add_column("corrections", sa.Column("rebuild_may_wait", sa.Boolean))
