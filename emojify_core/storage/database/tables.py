"""The tables as SQLAlchemy declares them; the migrations create the same.

Times are in UTC with a time zone; JSON is plain JSON in both databases.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    DateTime,
    Dialect,
    Enum,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, validates

from emojify_core.correction_states import TRANSITIONS, CorrectionState
from emojify_core.errors import TransitionError


class UtcDateTime(TypeDecorator[datetime]):
    """A time in UTC. SQLite stores no time zone, so reading adds it again."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert a time to UTC. Raises ValueError when it has no time zone."""
        del dialect
        if value is not None and value.tzinfo is None:
            raise ValueError("a time must have a time zone")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the time in UTC, whatever the time zone of the session is."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """What all tables share: column types, and names that migrations can refer to."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012  (SQLAlchemy expects a plain dict)
        datetime: UtcDateTime(),
        # A plain text column, so that a new state needs no migration.
        CorrectionState: Enum(
            CorrectionState,
            values_callable=lambda states: [state.value for state in states],
            native_enum=False,
            length=16,
        ),
        dict[str, Any]: JSON(none_as_null=True),
        list[str]: JSON(none_as_null=True),
        list[float]: JSON(none_as_null=True),
    }


class CorrectionRow(Base):
    """A person's label for a text, and its state."""

    __tablename__ = "corrections"
    __table_args__ = (
        UniqueConstraint("client", "idempotency_key"),
        Index(None, "client", "created_at"),
        Index(None, "client", "sequence"),
        Index(None, "state", "sequence"),
        # The review queue: who waits, and what was decided last.
        Index(None, "state", "client", "sequence"),
        Index(None, "state", "network", "sequence"),
        Index(None, "decided_by", "updated_at"),
        {"sqlite_autoincrement": True},  # numbers are never reused
    )

    # One transaction writes at a time, so this is the order of the commits too.
    sequence: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), Identity(always=True), primary_key=True
    )
    id: Mapped[str] = mapped_column(String(32), unique=True)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    client: Mapped[str] = mapped_column(Text)
    # A keyed hash of the address, for clients that anybody can make: see Identity.network.
    network: Mapped[str | None] = mapped_column(String(32))
    text: Mapped[str] = mapped_column(Text)
    normalised: Mapped[str] = mapped_column(Text)
    label: Mapped[str] = mapped_column(String(16))
    prediction_id: Mapped[str | None] = mapped_column(Text)
    idempotency_key: Mapped[str | None] = mapped_column(Text)
    body_sha256: Mapped[str] = mapped_column(String(64))
    state: Mapped[CorrectionState]
    reason: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(Text)
    superseded_by: Mapped[str | None] = mapped_column(ForeignKey("corrections.id"))
    version: Mapped[int | None] = mapped_column(ForeignKey("model_versions.version"))
    before: Mapped[list[float] | None]
    after: Mapped[list[float] | None]
    seconds: Mapped[float | None]
    decided_by: Mapped[str | None] = mapped_column(Text)
    decided_why: Mapped[str | None] = mapped_column(Text)
    # Of a removed one: its rebuild is gathered with others. None: it is due at once.
    rebuild_may_wait: Mapped[bool | None]

    @validates("state")
    def _check_transition(self, _column: str, new: CorrectionState) -> CorrectionState:
        """Check every change of state against the table of transitions."""
        old = self.state
        if old is not None and new is not old and new not in TRANSITIONS[old]:
            raise TransitionError(f"A correction that is {old} cannot become {new}.")
        return new


class VersionRow(Base):
    """A version of the model. Rows are only appended, each on top of the last."""

    __tablename__ = "model_versions"
    __table_args__ = (
        CheckConstraint("(version = 1) = (parent IS NULL)", name="first_has_no_parent"),
        # Together with the keys this prevents gaps and forks.
        CheckConstraint("parent = version - 1", name="parent_is_the_one_before"),
        CheckConstraint("(version = 1) = (source IS NULL)", name="first_has_no_source"),
        CheckConstraint("source < version", name="source_came_before"),
    )

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sha256: Mapped[str] = mapped_column(String(64))
    parent: Mapped[int | None] = mapped_column(ForeignKey("model_versions.version"), unique=True)
    source: Mapped[int | None] = mapped_column(ForeignKey("model_versions.version"))
    cause: Mapped[dict[str, Any]]
    metrics: Mapped[dict[str, Any]]
    verdict: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]


class VersionCorrectionRow(Base):
    """A correction that a version learned itself. Those of its source are not repeated."""

    __tablename__ = "version_corrections"

    version: Mapped[int] = mapped_column(ForeignKey("model_versions.version"), primary_key=True)
    correction_id: Mapped[str] = mapped_column(
        ForeignKey("corrections.id"), primary_key=True, index=True
    )


class PointerRow(Base):
    """The one row that names the live version. Its generation grows with each change."""

    __tablename__ = "live_pointer"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(ForeignKey("model_versions.version"))
    generation: Mapped[int] = mapped_column(BigInteger)


class RefusalRow(Base):
    """A candidate that the gate refused, with the figures that decided it."""

    __tablename__ = "refusals"

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), Identity(always=True), primary_key=True
    )
    created_at: Mapped[datetime]
    base_version: Mapped[int] = mapped_column(ForeignKey("model_versions.version"))
    correction_ids: Mapped[list[str]]
    figures: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(Text)
