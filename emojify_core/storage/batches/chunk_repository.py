"""The chunks of batches: added once, published as often as needed, completed once."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, islice, zip_longest
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Engine, Select, func, or_, select, update
from sqlalchemy.orm import Session

from emojify_core.messages import ChunkRequest, State
from emojify_core.storage.batches.chunk_completion import complete_chunks, update_unfinished
from emojify_core.storage.batches.records import OPEN, Batch, Chunk, Span, chunk_of
from emojify_core.storage.database.batch_tables import BatchRow, ChunkRow
from emojify_core.storage.database.records import Json, utc_now
from emojify_core.storage.database.transactions import read_transaction, write_transaction

_PAGE = 100  # chunks per query; each comes with the layout of its file, up to 200 KB
_BATCH_ID = attrgetter("batch_id")
_OPEN_BATCHES = select(BatchRow.id).where(BatchRow.state.in_(OPEN)).order_by(BatchRow.sequence)


@dataclass(frozen=True, slots=True)
class ChunkRepository:
    """Adds, claims and completes chunks. Safe to share between threads.

    Every method raises StorageUnavailableError when the database does not answer.
    """

    engine: Engine
    now: Callable[[], datetime] = utc_now

    def add(
        self, batch: Batch, position: int, spans: Sequence[Span], columns: Sequence[str]
    ) -> bool:
        """Add the next chunks of a batch, up to byte `position` of its file.

        Return False, and change nothing, if another worker split it further or it has ended.
        """
        now = self.now()
        # Most parts have no new names; all of them again would fill the database's log.
        new_columns = {} if tuple(columns) == batch.columns else {"columns": list(columns)}

        def work(session: Session) -> bool:
            # This compare-and-set decides between two workers that split the same part.
            moved = session.execute(
                update(BatchRow)
                .where(BatchRow.id == batch.id, BatchRow.position == batch.position)
                .where(BatchRow.chunks == batch.chunks, BatchRow.state.in_(OPEN))
                .values(
                    position=position,
                    **new_columns,
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

        return write_transaction(self.engine, work)

    def claim(self, limit: int, *, again_after: timedelta | None = None) -> list[Chunk]:
        """Return up to `limit` chunks to publish now, in turn from every open batch.

        With `again_after`, include chunks that were published that long ago and are not done.
        """
        now = self.now()
        due: ColumnElement[bool] = ChunkRow.published_at.is_(None)
        if again_after is not None:
            due = or_(due, ChunkRow.published_at < now - again_after)

        def work(session: Session) -> list[Chunk]:
            queues = [
                session.execute(_unfinished(batch_id, due).limit(limit)).all()
                for batch_id in session.scalars(_OPEN_BATCHES).all()
            ]
            # Take turns, so that a small batch does not wait for a large one before it.
            turns = (found for turn in zip_longest(*queues) for found in turn if found is not None)
            claimed = list(islice(turns, limit))
            for row, _, _ in claimed:
                row.published_at, row.attempts = now, row.attempts + 1
            return [chunk_of(*found) for found in claimed]

        return write_transaction(self.engine, work)

    def release(self, chunks: Iterable[Chunk | ChunkRequest], *, at_once: bool = True) -> None:
        """Undo the last claim of these chunks; it does not count as an attempt.

        They are due at once, or else when their time to be published again has come.
        """
        values: dict[str, Any] = {"attempts": ChunkRow.attempts - 1}
        if at_once:
            values["published_at"] = None

        def work(session: Session) -> None:
            for chunk in chunks:
                session.execute(update_unfinished(chunk).values(values))

        write_transaction(self.engine, work)

    def find_unfinished(self, request: ChunkRequest) -> Chunk | None:
        """Return a chunk to answer; None if it is done or its batch has ended."""
        query = _unfinished(
            request.batch_id, BatchRow.state.in_(OPEN), ChunkRow.number == request.number
        )
        with read_transaction(self.engine) as session:
            found = session.execute(query).one_or_none()
            return None if found is None else chunk_of(*found)

    def complete(self, chunks: Sequence[Chunk]) -> list[str]:
        """Mark chunks that hold their summary as done; return the batches that this completes.

        Chunks that are done already, or whose batch has ended, change nothing.
        """
        now = self.now()

        def work(session: Session) -> list[str]:
            by_batch = groupby(sorted(chunks, key=_BATCH_ID), key=_BATCH_ID)
            return [key for key, own in by_batch if complete_chunks(session, list(own), now)]

        return write_transaction(self.engine, work)

    def of_batch(self, batch_id: str, first: int = 0) -> Iterator[Chunk]:
        """Yield the chunks of a batch in order, from number `first` on."""
        while True:
            query = _chunks(ChunkRow.batch_id == batch_id, ChunkRow.number >= first).limit(_PAGE)
            with read_transaction(self.engine) as session:
                found = [chunk_of(*each) for each in session.execute(query)]
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


def _chunks(*where: ColumnElement[bool]) -> Select[ChunkRow, Json, int]:
    return (
        select(ChunkRow, BatchRow.layout, BatchRow.model_version)
        .join(BatchRow, ChunkRow.batch_id == BatchRow.id)
        .where(*where)
        .order_by(ChunkRow.number)
    )


def _unfinished(batch_id: str, *where: ColumnElement[bool]) -> Select[ChunkRow, Json, int]:
    return _chunks(ChunkRow.batch_id == batch_id, ChunkRow.done_at.is_(None), *where)
