"""The chunks of batches: cut once, published as often as needed, done once."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice, zip_longest

from sqlalchemy import ColumnElement, Engine, Select, Update, func, or_, select, update
from sqlalchemy.orm import Session

from emojify_core.messages import State
from emojify_core.storage.batch_records import (
    OPEN,
    Batch,
    Chunk,
    Done,
    Span,
    Work,
    batch_of,
    chunk_of,
)
from emojify_core.storage.batch_tables import BatchRow, ChunkRow
from emojify_core.storage.records import utc_now
from emojify_core.storage.transactions import reading, writing

_PAGE = 500  # chunks read at once
_OPEN_BATCHES = select(BatchRow.id).where(BatchRow.state.in_(OPEN)).order_by(BatchRow.sequence)


@dataclass(frozen=True, slots=True)
class Chunks:
    """Adds, hands out and ticks off chunks. Safe to share between threads.

    Every method raises StorageUnavailableError when the database does not answer.
    """

    engine: Engine
    now: Callable[[], datetime] = utc_now

    def cut(
        self, batch: Batch, position: int, spans: Sequence[Span], columns: Sequence[str]
    ) -> bool:
        """Add the next chunks of a batch, up to this byte of its file.

        Return False, and change nothing, if somebody else cut it further meanwhile or it is over.
        """
        now = self.now()

        def work(session: Session) -> bool:
            # The compare-and-set that decides between two who cut.
            moved = session.execute(
                update(BatchRow)
                .where(BatchRow.id == batch.id, BatchRow.position == batch.position)
                .where(BatchRow.chunks == batch.chunks, BatchRow.state.in_(OPEN))
                .values(
                    position=position,
                    columns=list(columns),
                    rows=BatchRow.rows + sum(span.rows for span in spans),
                    chunks=BatchRow.chunks + len(spans),
                    state=State.RUNNING,
                    started_at=func.coalesce(BatchRow.started_at, now),
                    cut_at=now,
                )
                .returning(BatchRow.id)
            ).one_or_none()
            if moved is None:
                return False
            session.add_all(_rows_of(batch, spans))
            return True

        return writing(self.engine, work)

    def take(self, limit: int, *, again_after: timedelta | None = None) -> list[Chunk]:
        """Return up to `limit` chunks to be published now, in turn from every open batch.

        With `again_after`, also those that were published that long ago and are not done.
        """
        now = self.now()
        due: ColumnElement[bool] = ChunkRow.published_at.is_(None)
        if again_after is not None:
            due = or_(due, ChunkRow.published_at < now - again_after)

        def work(session: Session) -> list[Chunk]:
            queues = [
                session.scalars(_waiting(batch_id, due).limit(limit)).all()
                for batch_id in session.scalars(_OPEN_BATCHES).all()
            ]
            # A small batch does not wait until a large one that came before is done.
            turns = (row for turn in zip_longest(*queues) for row in turn if row is not None)
            rows = list(islice(turns, limit))
            for row in rows:
                row.published_at, row.attempts = now, row.attempts + 1
            return [chunk_of(row) for row in rows]

        return writing(self.engine, work)

    def give_back(self, chunks: Sequence[Chunk]) -> None:
        """Let chunks be published anew at once: their message could not be sent."""

        def work(session: Session) -> None:
            for chunk in chunks:
                session.execute(
                    _open_chunk(chunk.batch_id, chunk.number).values(
                        published_at=None, attempts=ChunkRow.attempts - 1
                    )
                )

        writing(self.engine, work)

    def work(self, batch_id: str, number: int) -> Work | None:
        """Return a chunk to be answered; None if it is done or its batch is over."""
        query = (
            select(BatchRow, ChunkRow)
            .join(ChunkRow, ChunkRow.batch_id == BatchRow.id)
            .where(BatchRow.id == batch_id, BatchRow.state.in_(OPEN))
            .where(ChunkRow.number == number, ChunkRow.done_at.is_(None))
        )
        with reading(self.engine) as session:
            found = session.execute(query).one_or_none()
            return None if found is None else Work(batch_of(found[0]), chunk_of(found[1]))

    def done(self, chunks: Sequence[Done]) -> list[str]:
        """Note that these chunks are done, each once; return the batches that are done whole.

        Those that were done before, or whose batch is over, change nothing.
        """
        now = self.now()

        def work(session: Session) -> list[str]:
            whole = []
            for chunk in chunks:
                row = session.scalars(select(BatchRow).filter_by(id=chunk.batch_id)).one_or_none()
                if row is None or row.state not in OPEN or not _tick_off(session, chunk, now, row):
                    continue
                if row.position >= row.size and row.chunks_done == row.chunks:
                    whole.append(row.id)
            return whole

        return writing(self.engine, work)

    def of(self, batch_id: str, first: int = 0) -> Iterator[Chunk]:
        """Yield the chunks of a batch in order, from this number on."""
        while True:
            query = (
                select(ChunkRow)
                .where(ChunkRow.batch_id == batch_id, ChunkRow.number >= first)
                .order_by(ChunkRow.number)
                .limit(_PAGE)
            )
            with reading(self.engine) as session:
                found = [chunk_of(row) for row in session.scalars(query)]
            yield from found
            if len(found) < _PAGE:
                return
            first = found[-1].number + 1


def _rows_of(batch: Batch, spans: Sequence[Span]) -> Iterator[ChunkRow]:
    first_row = batch.rows
    for number, span in enumerate(spans, batch.chunks):
        yield ChunkRow(
            batch_id=batch.id, number=number, first_row=first_row, attempts=0, **span._asdict()
        )
        first_row += span.rows


def _waiting(batch_id: str, due: ColumnElement[bool]) -> Select[ChunkRow]:
    return (
        select(ChunkRow)
        .where(ChunkRow.batch_id == batch_id, ChunkRow.done_at.is_(None), due)
        .order_by(ChunkRow.number)
    )


def _open_chunk(batch_id: str, number: int) -> Update:
    return update(ChunkRow).where(
        ChunkRow.batch_id == batch_id, ChunkRow.number == number, ChunkRow.done_at.is_(None)
    )


def _tick_off(session: Session, chunk: Done, now: datetime, batch: BatchRow) -> bool:
    """Count a chunk's rows if it was not done before; tell whether it was not."""
    ticked = session.scalar(
        _open_chunk(chunk.batch_id, chunk.number)
        .values(done_at=now, summary=dict(chunk.summary))
        .returning(ChunkRow.rows)
    )
    if ticked is None:
        return False
    batch.done += ticked
    batch.failed += chunk.failed
    batch.chunks_done += 1
    batch.updated_at = now
    return True
