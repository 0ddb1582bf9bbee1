"""Batches for tests of their storage, without files."""

from emojify_core.storage.batches.chunk_repository import ChunkRepository
from emojify_core.storage.batches.records import Batch, BatchDraft, Done, Span, new_batch_id
from emojify_core.storage.batches.repository import BatchRepository

_SIZE = 1000  # bytes of a file
HEAD = 10  # bytes before its first row


def draft(client: str = "anna", size: int = _SIZE, **change: object) -> BatchDraft:
    """Return a batch to be added; its model's version must be there."""
    values: dict[str, object] = {
        "id": new_batch_id(),
        "client": client,
        "name": "survey.csv",
        "size": size,
        "layout": {"format": "csv"},
        "start": HEAD,
        "columns": ["id", "text"],
        "model_version": 1,
    }
    return BatchDraft(**(values | change))  # type: ignore[arg-type]


def spans(*rows: int, start: int = HEAD) -> list[Span]:
    """Return chunks of so many rows, ten bytes each."""
    found, at = [], start
    for number in rows:
        found.append(Span(number, at, 10 * number))
        at += 10 * number
    return found


def cut(
    batches: BatchRepository, chunks: ChunkRepository, *rows: int, client: str = "anna"
) -> Batch:
    """Add a batch that is cut whole into chunks of so many rows."""
    size = HEAD + 10 * sum(rows)
    batch = batches.add(draft(client, size))
    assert chunks.cut(batch, size, spans(*rows), ["id", "text"])
    return batches.get(batch.id)


def done(batch: Batch, *numbers: int, failed: int = 0) -> list[Done]:
    """Return what a worker notes when it has done these chunks."""
    return [Done(batch.id, number, failed, {"n": number}) for number in numbers]
