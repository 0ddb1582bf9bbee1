"""The results of a batch that is done, in the order of its file, a chunk at a time."""

from collections.abc import Iterator
from typing import Any

from emojify_core.batches.files import BatchFiles
from emojify_core.batches.layout import Layout
from emojify_core.batches.limits import EXCERPT
from emojify_core.batches.rows import read_rows
from emojify_core.batches.summary import Doubt, Summary, merge
from emojify_core.batches.writing import ResultFormat, Writer
from emojify_core.labels import EMOTIONS
from emojify_core.storage.batch_records import Batch, Chunk
from emojify_core.storage.chunks import Chunks

_EMOJI = {emotion.name: emotion.emoji for emotion in EMOTIONS}


def stream_results(
    files: BatchFiles, chunks: Chunks, batch: Batch, result_format: ResultFormat
) -> Iterator[bytes]:
    """Yield the whole result file; the same bytes each time. Raises NotStoredError once swept."""
    layout = Layout.from_json(batch.layout)
    writer = Writer(result_format, layout, batch.columns, batch.model_version)
    yield writer.head()
    for chunk in chunks.of(batch.id):
        rows = read_rows(files.read(batch.id, chunk.start, chunk.length), layout)
        yield writer.rows(rows, files.answers(chunk).answers)


def summary_of(files: BatchFiles, chunks: Chunks, batch: Batch) -> dict[str, Any]:
    """Return the summary of a batch that is done, with the texts of its least certain rows."""
    kept = list(chunks.of(batch.id))
    whole = merge(Summary.from_json(chunk.summary) for chunk in kept if chunk.summary)
    layout = Layout.from_json(batch.layout)
    return {
        "rows": batch.rows,
        "failed": batch.failed,
        "counts": {emotion.name: whole.counts[emotion.name] for emotion in EMOTIONS},
        "unsure": whole.unsure,
        "errors": dict(whole.errors),
        "least_certain": [_shown(files, kept, layout, doubt) for doubt in whole.least],
    }


def _shown(files: BatchFiles, chunks: list[Chunk], layout: Layout, doubt: Doubt) -> dict[str, Any]:
    """Return a row as a person sees it, numbered from 1."""
    chunk = next(c for c in chunks if c.first_row <= doubt.row < c.first_row + c.rows)
    data = files.read(chunk.batch_id, chunk.start, chunk.length)
    texts = [row.text for row in read_rows(data, layout)]
    return {
        "row": doubt.row + 1,
        "text": texts[doubt.row - chunk.first_row][:EXCERPT],
        "label": doubt.label,
        "emoji": _EMOJI[doubt.label],
        "confidence": doubt.confidence,
    }
