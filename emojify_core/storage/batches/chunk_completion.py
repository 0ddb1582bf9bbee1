"""Ticking chunks off, each once, inside somebody's transaction."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Update, select, update
from sqlalchemy.orm import Session

from emojify_core.storage.batches.records import OPEN, Done
from emojify_core.storage.database.batch_tables import BatchRow, ChunkRow


def open_chunk(batch_id: str, number: int) -> Update:
    """Return an update of a chunk that is not done; of none if it is."""
    return update(ChunkRow).where(
        ChunkRow.batch_id == batch_id, ChunkRow.number == number, ChunkRow.done_at.is_(None)
    )


def tick_off(session: Session, chunks: Sequence[Done], now: datetime) -> bool:
    """Count what was not done before of a batch's chunks; tell whether it is done whole by that."""
    batch = (BatchRow.id == chunks[0].batch_id) & BatchRow.state.in_(OPEN)
    if session.scalar(select(BatchRow.id).where(batch)) is None:
        return False
    rows = failed = ticked = 0
    for chunk in chunks:
        fresh = open_chunk(chunk.batch_id, chunk.number)
        values = {"done_at": now, "summary": dict(chunk.summary)}
        found = session.scalar(fresh.values(values).returning(ChunkRow.rows))
        if found is not None:
            rows, failed, ticked = rows + found, failed + chunk.failed, ticked + 1
    if not ticked:
        return False
    counts = {
        "done": BatchRow.done + rows,
        "failed": BatchRow.failed + failed,
        "chunks_done": BatchRow.chunks_done + ticked,
        "updated_at": now,
    }
    uncut, undone = session.execute(
        update(BatchRow)
        .where(batch)
        .values(counts)
        .returning(BatchRow.size - BatchRow.position, BatchRow.chunks - BatchRow.chunks_done)
    ).one()
    return bool(uncut <= 0 and undone == 0)
