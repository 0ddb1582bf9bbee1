"""The records of batches and chunks: frozen objects, independent of any session."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from emojify_core.messages import FINAL_STATES, ChunkRequest, State
from emojify_core.storage.database.batch_tables import BatchRow, ChunkRow
from emojify_core.storage.database.records import Json, values_of
from emojify_core.storage.database.storable_text import check_storable

OPEN: Final = frozenset(State) - FINAL_STATES


def new_batch_id() -> str:
    """Return 32 random characters that are valid in a file name."""
    return secrets.token_hex(16)


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchDraft:
    """A batch before it is stored; its file is stored already.

    Raises UnstorableTextError for text that the database cannot hold.
    """

    id: str
    client: str  # who may see it
    network: str | None = None  # see BatchRow.network
    name: str  # of the file at the client
    size: int  # bytes of the stored file
    stored_bytes: int | None = None  # of the file, and at most of its answers
    layout: Json  # how to read the file
    start: int  # byte where its first row starts
    columns: Sequence[str]
    model_version: int  # that classifies all rows

    def __post_init__(self) -> None:
        check_storable(client=self.client, name=self.name, columns="".join(self.columns))


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch as stored."""

    id: str
    sequence: int  # in the order of the commits
    created_at: datetime
    updated_at: datetime
    client: str
    state: State
    name: str
    size: int  # bytes
    layout: Json
    model_version: int
    position: int  # bytes that are split into chunks
    columns: tuple[str, ...]  # of the file, as far as it is split
    rows: int  # likewise
    chunks: int  # likewise
    done: int  # answered rows, including those with an error
    failed: int  # rows with an error
    chunks_done: int
    cut_at: datetime | None  # when its last part was split
    started_at: datetime | None
    finished_at: datetime | None
    error_code: str | None
    reason: str | None  # a sentence: why it failed
    swept_at: datetime | None  # when its files were deleted

    @property
    def fully_split(self) -> bool:
        """Whether the whole file is split, so that all rows are known."""
        return self.position >= self.size

    @property
    def rate(self) -> float | None:
        """Rows per second, as of the last finished chunk; None before the first."""
        if self.started_at is None or not self.done:
            return None
        seconds = ((self.finished_at or self.updated_at) - self.started_at).total_seconds()
        return self.done / max(seconds, 0.001)

    @property
    def eta(self) -> timedelta | None:
        """The remaining time at this rate; None while it is unknown."""
        if self.state not in OPEN or self.rate is None or not self.position:
            return None
        # Until the file is fully split, assume that its other rows are as long on average.
        rows = self.rows if self.fully_split else self.rows * self.size / self.position
        return timedelta(seconds=max(0.0, (rows - self.done) / self.rate))


class Span(NamedTuple):
    """The part of a file that will be one chunk."""

    rows: int
    start: int  # byte
    length: int  # bytes


@dataclass(frozen=True, slots=True)
class Chunk:
    """A chunk as stored, with what its batch says about reading and answering it."""

    batch_id: str
    number: int  # 0, 1, 2 ... in the order of the file
    first_row: int  # the number of its first row in the file, from 0
    rows: int
    start: int  # byte
    length: int  # bytes
    attempts: int  # how often it was published
    summary: Json | None  # of its answers, once it is done
    layout: Json
    model_version: int

    @property
    def request(self) -> ChunkRequest:
        """The message that asks for its answers."""
        return ChunkRequest(self.batch_id, self.number)


def batch_of(row: BatchRow) -> Batch:
    """Copy a row out of its session."""
    values = values_of(row, Batch)
    return Batch(**values | {"columns": tuple(values["columns"])})


def chunk_of(row: ChunkRow, layout: Json, model_version: int) -> Chunk:
    """Copy a row out of its session, with two columns of its batch."""
    names = list(Chunk.__dataclass_fields__)[:-2]
    own = {name: getattr(row, name) for name in names}
    return Chunk(**own, layout=layout, model_version=model_version)
