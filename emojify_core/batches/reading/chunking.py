"""Cutting a file into chunks, each of which one short task answers."""

from collections.abc import Iterable
from typing import NamedTuple

from emojify_core.batches.limits import (
    CHUNK_BYTES,
    CHUNK_CHARACTERS,
    CHUNK_ROWS,
    MAX_COLUMNS,
    MAX_LINE,
)
from emojify_core.batches.reading.layout import Format, Layout
from emojify_core.batches.reading.rows import read_rows
from emojify_core.errors import BatchFileError
from emojify_core.storage.batches.records import Span
from emojify_core.text_validation import MAX_CHARACTERS


class Cut(NamedTuple):
    """What a part of a file was cut into."""

    spans: list[Span]
    end: int  # byte behind the last of them, counted from the part's beginning
    columns: tuple[str, ...]  # those known before, then those seen here for the first time


def cut(data: bytes, layout: Layout, columns: tuple[str, ...], *, whole: bool) -> Cut:
    """Cut a part of a file; `whole` if nothing follows it.

    What would be a small last chunk is left for the next part, unless there is nothing else.
    Raises BatchFileError for more columns than are kept.
    """
    spans: list[Span] = []
    known = dict.fromkeys(columns)
    rows = characters = start = end = 0
    for row in read_rows(data, layout, whole=whole):
        size = min(len(row.text), MAX_CHARACTERS)
        if rows and _is_full(rows + 1, characters + size, row.end - start):
            spans.append(Span(rows, start, end - start))
            rows, characters, start = 0, 0, end
        rows, characters, end = rows + 1, characters + size, row.end
        if layout.format is Format.JSONL:
            _add(known, row.values)
    if rows and (whole or not spans):
        spans.append(Span(rows, start, end - start))
        start = end
    return Cut(spans, len(data) if whole else start, tuple(known))


def too_long(row: int) -> BatchFileError:
    """Return the error for a row that does not end."""
    return BatchFileError(
        f"Row {row:,} is longer than {MAX_LINE >> 10:,} KB. Is a quotation mark before it not "
        "closed? Mend the file and send it again."
    )


def _is_full(rows: int, characters: int, size: int) -> bool:
    return rows > CHUNK_ROWS or characters > CHUNK_CHARACTERS or size > CHUNK_BYTES


def _add(known: dict[str, None], names: Iterable[str]) -> None:
    known.update(dict.fromkeys(names))
    if len(known) > MAX_COLUMNS:
        raise BatchFileError(
            f"The objects of this file have more than {MAX_COLUMNS} different names. Leave out "
            "what is not needed and send it again."
        )
