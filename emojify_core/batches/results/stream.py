"""The results of a batch that is done, in the order of its file, a chunk at a time."""

from collections.abc import Iterator
from typing import Any

from emojify_core.batches.batch_files import BatchFiles
from emojify_core.batches.reading.layout import Layout
from emojify_core.batches.reading.rows import read_rows
from emojify_core.batches.results.summary import Summary, for_people, merge
from emojify_core.batches.results.writer import ResultFormat, Writer
from emojify_core.storage.batches.chunk_repository import ChunkRepository
from emojify_core.storage.batches.records import Batch


def stream_results(
    files: BatchFiles, chunks: ChunkRepository, batch: Batch, result_format: ResultFormat
) -> Iterator[bytes]:
    """Yield the whole result file; the same bytes each time. Raises NotStoredError once swept."""
    layout = Layout.from_json(batch.layout)
    writer = Writer(result_format, layout, batch.columns, batch.model_version)
    yield writer.head()
    for chunk in chunks.of(batch.id):
        rows = read_rows(files.read(batch.id, chunk.start, chunk.length), layout)
        yield writer.rows(rows, files.answers(chunk).answers)


def summary_of(files: BatchFiles, chunks: ChunkRepository, batch: Batch) -> dict[str, Any]:
    """Return the summary of a batch that is done, with the texts of its least certain rows."""
    kept = list(chunks.of(batch.id))
    layout = Layout.from_json(batch.layout)

    def text_of(row: int) -> str:
        chunk = next(c for c in kept if c.first_row <= row < c.first_row + c.rows)
        data = files.read(chunk.batch_id, chunk.start, chunk.length)
        return list(read_rows(data, layout))[row - chunk.first_row].text

    parts = (Summary.from_json(chunk.summary) for chunk in kept if chunk.summary)
    return for_people(merge(parts), text_of)
