"""Files of texts, ingested as the web does it, but without a store."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import replace

from emojify_core.answer import Answer
from emojify_core.batches.reading.chunking import split
from emojify_core.batches.reading.ingest import ingest_file
from emojify_core.batches.reading.layout import Layout, LayoutOptions
from emojify_core.batches.reading.rows import Row, read_rows


def ingested(
    content: bytes | str, name: str = "", *, block: int = 65536, **options: object
) -> tuple[Layout, bytes]:
    """Ingest a file that arrives in blocks of this size; return its layout and the stored bytes."""
    data = content.encode() if isinstance(content, str) else content
    target = io.BytesIO()
    blocks = (data[at : at + block] for at in range(0, len(data), block))
    file = ingest_file(blocks, target, LayoutOptions(name=name, **options))  # type: ignore[arg-type]
    assert file.size == len(target.getvalue())
    return file.layout, target.getvalue()


def rows_of(content: bytes | str, name: str = "", **options: object) -> list[Row]:
    """Return all rows of a file."""
    layout, stored = ingested(content, name, **options)  # type: ignore[arg-type]
    return list(read_rows(stored[layout.start :], layout))


def texts_of(content: bytes | str, name: str = "", **options: object) -> list[str]:
    """Return the texts of a file, with the code of the problem in brackets for a bad row."""
    rows = rows_of(content, name, **options)
    return [f"<{row.problem.code}>" if row.problem else row.text for row in rows]


def in_chunks(stored: bytes, layout: Layout, part: int) -> Iterator[list[Row]]:
    """Split a stored file, reading `part` bytes at a time; yield the rows of each chunk."""
    position, size = layout.start, part
    while position < len(stored):
        data = stored[position : position + size]
        whole = position + size >= len(stored)
        spans, end, _ = split(data, layout, layout.columns, whole=whole)
        for span in spans:
            rows = list(read_rows(data[span.start : span.start + span.length], layout))
            assert len(rows) == span.rows
            yield rows
        position, size = position + end, part if end else 2 * size


def as_csv(rows: Sequence[Sequence[str]], delimiter: str = ",", **how: object) -> str:
    """Return a table as CSV."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, **how).writerows(rows)  # type: ignore[arg-type]
    return text.getvalue()


def answer(label: int = 0, confidence: float = 0.7) -> Answer:
    """Return a prediction for the label with this number."""
    rest = round((1 - confidence) / 6, 4)
    return Answer(tuple(confidence if i == label else rest for i in range(7)), confident=True)


def silent(label: int = 0) -> Answer:
    """Return the answer to a text without a clear emotion."""
    return replace(answer(label, 0.5), confident=False, emotional=0.1, none=True)
