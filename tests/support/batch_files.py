"""Files of texts, taken in as the web does, without a store."""

import csv
import io
from collections.abc import Iterator, Sequence

from emojify_core.batches.reading.chunking import split
from emojify_core.batches.reading.ingest import take_in
from emojify_core.batches.reading.layout import Layout, Options
from emojify_core.batches.reading.rows import Row, read_rows
from emojify_core.messages import Answer


def taken_in(
    content: bytes | str, name: str = "", *, block: int = 65536, **options: object
) -> tuple[Layout, bytes]:
    """Return the layout of a file and what is stored of it; it arrives in blocks of this size."""
    data = content.encode() if isinstance(content, str) else content
    target = io.BytesIO()
    blocks = (data[at : at + block] for at in range(0, len(data), block))
    taken = take_in(blocks, target, Options(name=name, **options))  # type: ignore[arg-type]
    assert taken.size == len(target.getvalue())
    return taken.layout, target.getvalue()


def rows_of(content: bytes | str, name: str = "", **options: object) -> list[Row]:
    """Return all rows of a file."""
    layout, stored = taken_in(content, name, **options)  # type: ignore[arg-type]
    return list(read_rows(stored[layout.start :], layout))


def texts_of(content: bytes | str, name: str = "", **options: object) -> list[str]:
    """Return all texts of a file; of a row that has none, its problem's code in brackets."""
    rows = rows_of(content, name, **options)
    return [f"<{row.problem.code}>" if row.problem else row.text for row in rows]


def in_chunks(stored: bytes, layout: Layout, part: int) -> Iterator[list[Row]]:
    """Cut a stored file, looking at so many bytes at a time, and read each chunk by itself."""
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
    """Write a table."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, **how).writerows(rows)  # type: ignore[arg-type]
    return text.getvalue()


def answer(place: int = 0, confidence: float = 0.7) -> Answer:
    """Return an answer for the label with this number."""
    rest = round((1 - confidence) / 6, 4)
    return Answer(tuple(confidence if i == place else rest for i in range(7)), confident=True)
