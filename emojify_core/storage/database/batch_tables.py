"""The tables of batches and of their chunks."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Enum, ForeignKey, Identity, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from emojify_core.messages import State
from emojify_core.storage.database.tables import Base

# A plain text column, so that a new state needs no migration.
_STATE = Enum(
    State,
    values_callable=lambda states: [state.value for state in states],
    native_enum=False,
    length=16,
)


class BatchRow(Base):
    """One uploaded file and its progress. The texts are in the file store."""

    __tablename__ = "batches"
    __table_args__ = (
        Index(None, "client", "sequence"),
        Index(None, "state", "sequence"),
        # SQLite must not reuse numbers either.
        {"sqlite_autoincrement": True},
    )

    sequence: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), Identity(always=True), primary_key=True
    )
    id: Mapped[str] = mapped_column(String(32), unique=True)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    client: Mapped[str] = mapped_column(Text)
    # A keyed hash of the address, for clients that anybody can make: see Identity.network.
    network: Mapped[str | None] = mapped_column(String(32))
    state: Mapped[State] = mapped_column(_STATE)
    name: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(BigInteger)
    # The file, and at most its answers; None: of an older release, which did not count.
    stored_bytes: Mapped[int | None] = mapped_column(BigInteger)
    layout: Mapped[dict[str, Any]]
    model_version: Mapped[int] = mapped_column(ForeignKey("model_versions.version"))
    position: Mapped[int] = mapped_column(BigInteger)
    columns: Mapped[list[str]]
    rows: Mapped[int]
    chunks: Mapped[int]
    done: Mapped[int]
    failed: Mapped[int]
    chunks_done: Mapped[int]
    cut_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    error_code: Mapped[str | None] = mapped_column(String(32))
    reason: Mapped[str | None] = mapped_column(Text)
    swept_at: Mapped[datetime | None]


class ChunkRow(Base):
    """The rows of a batch that one task answers: done once, however often it is published."""

    __tablename__ = "batch_chunks"

    batch_id: Mapped[str] = mapped_column(ForeignKey("batches.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    first_row: Mapped[int]
    rows: Mapped[int]
    start: Mapped[int] = mapped_column(BigInteger)
    length: Mapped[int]
    attempts: Mapped[int]
    published_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    summary: Mapped[dict[str, Any] | None]


# Finds unfinished chunks without reading the finished ones.
Index(
    "ix_batch_chunks_open",
    ChunkRow.batch_id,
    ChunkRow.number,
    sqlite_where=ChunkRow.done_at.is_(None),
    postgresql_where=ChunkRow.done_at.is_(None),
)
