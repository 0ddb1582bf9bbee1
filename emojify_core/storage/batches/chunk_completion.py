"""Mark chunks as done, each once, inside the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Update, select, update
from sqlalchemy.orm import Session

from emojify_core.messages import ChunkRequest
from emojify_core.storage.batches.records import OPEN, Chunk
from emojify_core.storage.database.batch_tables import BatchRow, ChunkRow


def update_unfinished(chunk: Chunk | ChunkRequest) -> Update:
    """Return an update that affects the chunk only while it is not done."""
    return update(ChunkRow).where(
        ChunkRow.batch_id == chunk.batch_id,
        ChunkRow.number == chunk.number,
        ChunkRow.done_at.is_(None),
    )


def complete_chunks(session: Session, chunks: Sequence[Chunk], now: datetime) -> bool:
    """Count those chunks of one batch that were not done; tell whether that completes the batch.

    Each chunk holds the summary of its answers.
    """
    batch = (BatchRow.id == chunks[0].batch_id) & BatchRow.state.in_(OPEN)
    if session.scalar(select(BatchRow.id).where(batch)) is None:
        return False
    rows = failed = completed = 0
    for chunk in chunks:
        summary = dict(chunk.summary or {})
        done = update_unfinished(chunk).values(done_at=now, summary=summary)
        counted = session.scalar(done.returning(ChunkRow.rows))
        if counted is not None:
            rows, completed = rows + counted, completed + 1
            failed += sum(summary.get("errors", {}).values())
    if not completed:
        return False
    counts = {
        "done": BatchRow.done + rows,
        "failed": BatchRow.failed + failed,
        "chunks_done": BatchRow.chunks_done + completed,
        "updated_at": now,
    }
    bytes_left, chunks_left = session.execute(
        update(BatchRow)
        .where(batch)
        .values(counts)
        .returning(BatchRow.size - BatchRow.position, BatchRow.chunks - BatchRow.chunks_done)
    ).one()
    return bool(bytes_left <= 0 and chunks_left == 0)
