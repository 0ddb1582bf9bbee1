"""Sign-ins of browsers, so that signing out ends them."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the table of sign-ins."""
    op.create_table(
        "sign_ins",
        sa.Column("token_sha256", sa.String(64), nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token_sha256"),
    )
    op.create_index(None, "sign_ins", ["expires_at"])
