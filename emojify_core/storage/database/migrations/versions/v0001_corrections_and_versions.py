"""Corrections, versions of the model, the live pointer, and refusals."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the first tables."""
    _create_versions()
    _create_corrections()
    op.create_table(
        "version_corrections",
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("correction_id", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("version", "correction_id"),
        sa.ForeignKeyConstraint(["version"], ["model_versions.version"]),
        sa.ForeignKeyConstraint(["correction_id"], ["corrections.id"]),
    )
    op.create_index(None, "version_corrections", ["correction_id"])


def _create_versions() -> None:
    op.create_table(
        "model_versions",
        sa.Column("version", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("parent", sa.Integer),
        sa.Column("source", sa.Integer),
        sa.Column("cause", sa.JSON, nullable=False),
        sa.Column("metrics", sa.JSON, nullable=False),
        sa.Column("verdict", sa.JSON),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("version"),
        sa.UniqueConstraint("parent"),
        sa.ForeignKeyConstraint(["parent"], ["model_versions.version"]),
        sa.ForeignKeyConstraint(["source"], ["model_versions.version"]),
        sa.CheckConstraint("(version = 1) = (parent IS NULL)", name="first_has_no_parent"),
        sa.CheckConstraint("parent = version - 1", name="parent_is_the_one_before"),
        sa.CheckConstraint("(version = 1) = (source IS NULL)", name="first_has_no_source"),
        sa.CheckConstraint("source < version", name="source_came_before"),
    )
    op.create_table(
        "live_pointer",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("generation", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["version"], ["model_versions.version"]),
        sa.CheckConstraint("id = 1", name="one_row"),
    )
    op.create_table(
        "refusals",
        _numbered("id"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("base_version", sa.Integer, nullable=False),
        sa.Column("correction_ids", sa.JSON, nullable=False),
        sa.Column("figures", sa.JSON, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["base_version"], ["model_versions.version"]),
    )


def _create_corrections() -> None:
    op.create_table(
        "corrections",
        _numbered("sequence"),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("normalised", sa.Text, nullable=False),
        sa.Column("label", sa.String(16), nullable=False),
        sa.Column("prediction_id", sa.Text),
        sa.Column("idempotency_key", sa.Text),
        sa.Column("body_sha256", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("superseded_by", sa.String(32)),
        sa.Column("version", sa.Integer),
        sa.Column("before", sa.JSON),
        sa.Column("after", sa.JSON),
        sa.Column("seconds", sa.Double),
        sa.Column("decided_by", sa.Text),
        sa.Column("decided_why", sa.Text),
        sa.PrimaryKeyConstraint("sequence"),
        sa.UniqueConstraint("id"),
        sa.UniqueConstraint("client", "idempotency_key"),
        sa.ForeignKeyConstraint(["superseded_by"], ["corrections.id"]),
        sa.ForeignKeyConstraint(["version"], ["model_versions.version"]),
        sqlite_autoincrement=True,
    )
    op.create_index(None, "corrections", ["client", "created_at"])
    op.create_index(None, "corrections", ["client", "sequence"])
    op.create_index(None, "corrections", ["state", "sequence"])


def _numbered(name: str) -> "sa.Column[int]":
    kind = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    return sa.Column(name, kind, sa.Identity(always=True), nullable=False)
