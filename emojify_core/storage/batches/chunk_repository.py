"""The chunks of batches: cut once, published as often as needed, done once."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice, zip_longest
from typing import Any

from sqlalchemy import ColumnElement, Engine, Select, bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from emojify_core.messages import State
from emojify_core.storage.batches.chunk_completion import open_chunk, tick_off
from emojify_core.storage.batches.records import (
    OPEN,
    Batch,
    Chunk,
    Done,
    Span,
    Work,
    chunk_of,
)
from emojify_core.storage.corrections.records import utc_now
from emojify_core.storage.database.batch_tables import BatchRow, ChunkRow
from emojify_core.storage.database.transactions import reading, writing

_PAGE = 500  # chunks read at once
_WORK = (
    select(
        *(ChunkRow.batch_id, ChunkRow.number, ChunkRow.first_row, ChunkRow.rows),
        *(ChunkRow.start, ChunkRow.length, BatchRow.layout, BatchRow.model_version),
    )
    .join(BatchRow, ChunkRow.batch_id == BatchRow.id)
    .where(BatchRow.id == bindparam("batch_id"), BatchRow.state.in_(OPEN))
    .where(ChunkRow.number == bindparam("number"), ChunkRow.done_at.is_(None))
)
_OPEN_BATCHES = select(BatchRow.id).where(BatchRow.state.in_(OPEN)).order_by(BatchRow.sequence)


@dataclass(frozen=True, slots=True)
class ChunkRepository:
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

    def give_back(self, chunks: Iterable[tuple[str, int]], *, at_once: bool = True) -> None:
        """Let chunks, by batch and number, be published anew, and not count this time.

        At once if their message could not be sent; else when their time has come.
        """
        values: dict[str, Any] = {"attempts": ChunkRow.attempts - 1}
        if at_once:
            values["published_at"] = None

        def work(session: Session) -> None:
            for batch_id, number in chunks:
                session.execute(open_chunk(batch_id, number).values(values))

        writing(self.engine, work)

    def work(self, batch_id: str, number: int) -> Work | None:
        """Return a chunk to be answered; None if it is done or its batch is over."""
        with reading(self.engine) as session:
            found = session.execute(_WORK, {"batch_id": batch_id, "number": number}).one_or_none()
            return None if found is None else Work(*found)

    def done(self, chunks: Sequence[Done]) -> list[str]:
        """Note that these chunks are done, each once; return the batches that are done whole.

        Those that were done before, or whose batch is over, change nothing.
        """
        now = self.now()

        def work(session: Session) -> list[str]:
            ids = sorted({chunk.batch_id for chunk in chunks})
            return [
                batch_id
                for batch_id in ids
                if tick_off(session, [one for one in chunks if one.batch_id == batch_id], now)
            ]

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
