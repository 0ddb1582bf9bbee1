"""The results of a finished batch, in the order of its file, one chunk at a time."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from emojify_core.batches.batch_files import BatchFiles
from emojify_core.batches.reading.layout import Layout
from emojify_core.batches.reading.rows import read_rows
from emojify_core.batches.results.summary import Summary, merge, to_report
from emojify_core.batches.results.table import ResultFormat, ResultTable
from emojify_core.batches.results.writer import open_writer
from emojify_core.errors import InvalidInputError
from emojify_core.limits import MAX_SHEET_ROWS
from emojify_core.storage.batches.chunk_repository import ChunkRepository
from emojify_core.storage.batches.records import Batch, Chunk, Span

_LINE = 4_096  # bytes of the first row, which tell how lines end


def stream_results(
    files: BatchFiles, chunks: ChunkRepository, batch: Batch, result_format: ResultFormat
) -> Iterator[bytes]:
    """Yield the result file, the same bytes each time.

    Raises NotStoredError once it is swept, and InvalidInputError where the format has no room.
    """
    check_room(result_format, batch.rows)
    layout = Layout.from_json(batch.layout)
    table = ResultTable(
        layout,
        batch.columns,
        batch.model_version,
        files.read(batch.id, 0, beginning_size(layout, batch.size)),
        batch.rows,
        batch.size,
    )
    writer = open_writer(result_format, table)
    yield writer.header()
    for chunk in chunks.of_batch(batch.id):
        rows = read_rows(files.read(batch.id, chunk.start, chunk.length), layout)
        yield writer.rows(rows, files.read_answers(chunk).answers)
    yield writer.end(files.read_summary(batch.id) or {})


def check_room(result_format: ResultFormat, rows: int) -> None:
    """Raise InvalidInputError when a sheet cannot hold the rows."""
    if result_format is ResultFormat.XLSX and rows > MAX_SHEET_ROWS:
        raise InvalidInputError(
            f"A sheet of Excel holds {MAX_SHEET_ROWS:,} rows, and the file has {rows:,}. Fetch "
            "them as csv.",
            "format",
        )


def beginning_size(layout: Layout, size: int) -> int:
    """Return how many bytes tell a file's header and its line ends."""
    return min(size, layout.start + _LINE)


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
