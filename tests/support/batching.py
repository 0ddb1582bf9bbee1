"""Batches without files, for tests of the repositories."""

from emojify_core.storage.batches.chunk_repository import ChunkRepository
from emojify_core.storage.batches.records import Batch, BatchDraft, Chunk, Span, new_batch_id
from emojify_core.storage.batches.repository import BatchRepository

_SIZE = 1000  # bytes of a file
HEAD = 10  # bytes before its first row


def draft(client: str = "anna", size: int = _SIZE, **change: object) -> BatchDraft:
    """Return a batch to add; its model version must exist."""
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
    """Return the spans of chunks with so many rows of ten bytes each."""
    found, position = [], start
    for number in rows:
        found.append(Span(number, position, 10 * number))
        position += 10 * number
    return found


def add_split(
    batches: BatchRepository, chunks: ChunkRepository, *rows: int, client: str = "anna"
) -> Batch:
    """Add a batch and split it fully into chunks with so many rows."""
    size = HEAD + 10 * sum(rows)
    batch = batches.add(draft(client, size))
    assert chunks.add(batch, size, spans(*rows), ["id", "text"])
    return batches.get(batch.id)


def answered(batch: Batch, *numbers: int, failed: int = 0) -> list[Chunk]:
    """Return these chunks as a worker hands them back: each with its summary."""
    errors = {"blank": failed} if failed else {}
    return [
        Chunk(
            batch_id=batch.id,
            number=number,
            summary={"errors": errors},
            layout=batch.layout,
            model_version=batch.model_version,
            **dict.fromkeys(("first_row", "rows", "start", "length", "attempts"), 0),
        )
        for number in numbers
    ]
