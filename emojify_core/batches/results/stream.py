"""The results of a finished batch, in the order of its file, one chunk at a time."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from emojify_core.batches.batch_files import BatchFiles
from emojify_core.batches.reading.layout import Layout
from emojify_core.batches.reading.rows import read_rows
from emojify_core.batches.results.summary import Summary, merge, to_report
from emojify_core.batches.results.writer import ResultFormat, ResultWriter
from emojify_core.storage.batches.chunk_repository import ChunkRepository
from emojify_core.storage.batches.records import Batch, Chunk, Span


def stream_results(
    files: BatchFiles, chunks: ChunkRepository, batch: Batch, result_format: ResultFormat
) -> Iterator[bytes]:
    """Yield the result file, the same bytes each time. Raises NotStoredError once it is swept."""
    layout = Layout.from_json(batch.layout)
    writer = ResultWriter(result_format, layout, batch.columns, batch.model_version)
    yield writer.header()
    for chunk in chunks.of_batch(batch.id):
        rows = read_rows(files.read(batch.id, chunk.start, chunk.length), layout)
        yield writer.rows(rows, files.read_answers(chunk).answers)


def summarize_batch(files: BatchFiles, chunks: ChunkRepository, batch: Batch) -> dict[str, Any]:
    """Return the summary of a finished batch, with the texts of its least certain rows.

    Raises NotStoredError when its file is gone.
    """
    parts = list(chunks.of_batch(batch.id))
    summaries = (Summary.from_json(part.summary) for part in parts if part.summary)
    layout, read = Layout.from_json(batch.layout), partial(files.read, batch.id)
    return to_report(merge(summaries), partial(read_text, read, layout, parts))


def read_text(
    read: Callable[[int, int], bytes], layout: Layout, parts: Iterable[Span | Chunk], row: int
) -> str:
    """Return the text of row number `row`, from 0, in a file split into these parts.

    `read` returns a part of the file by start and length. Raises IndexError when there is no such
    row.
    """
    for part in parts:
        if row < part.rows:
            return list(read_rows(read(part.start, part.length), layout))[row].text
        row -= part.rows
    raise IndexError(row)
