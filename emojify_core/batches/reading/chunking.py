"""Split a file into chunks; one short task answers each chunk."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from emojify_core.batches.reading.column_detection import check_names
from emojify_core.batches.reading.layout import FileFormat, Layout
from emojify_core.batches.reading.rows import read_rows
from emojify_core.errors import BatchFileError
from emojify_core.limits import (
    CHUNK_BYTES,
    CHUNK_CHARACTERS,
    CHUNK_ROWS,
    MAX_CHARACTERS,
    MAX_LINE,
    SLICE,
)
from emojify_core.storage.batches.records import Span


class Split(NamedTuple):
    """The chunks of one part of a file. Bytes count from where reading began."""

    spans: list[Span]
    end: int  # the first byte after the last chunk
    columns: tuple[str, ...]  # those known before, then those first seen in this part


def split_next(
    read: Callable[[int, int], bytes],
    layout: Layout,
    position: int,
    columns: tuple[str, ...],
    row: int,
) -> Split:
    """Split the part of a file that starts at byte `position` with row number `row`, from 0.

    `read` returns a part of the file by start and length. The result counts bytes from the
    beginning of the file. Raises BatchFileError when a row is too long or there are too many
    columns.
    """
    for length in (SLICE, MAX_LINE + SLICE):
        data = read(position, length)
        part = split(data, layout, columns, whole=len(data) < length)
        if part.end:
            spans = [span._replace(start=position + span.start) for span in part.spans]
            return Split(spans, position + part.end, part.columns)
    raise BatchFileError(
        f"Row {row + 1:,} is longer than {MAX_LINE >> 10:,} KB. Check that every quotation mark "
        "before it is closed, then send the file again."
    )


def split(data: bytes, layout: Layout, columns: tuple[str, ...], *, whole: bool) -> Split:
    """Split a part of a file; `whole` if the file ends with it.

    A small last chunk is left for the next part, unless it is the only one. Raises
    BatchFileError when there are too many columns.
    """
    spans: list[Span] = []
    known = dict.fromkeys(columns)
    rows = characters = start = end = 0
    for row in read_rows(data, layout, whole=whole):
        size = min(len(row.text), MAX_CHARACTERS)
        if rows and _exceeds_limits(rows + 1, characters + size, row.end - start):
            spans.append(Span(rows, start, end - start))
            rows, characters, start = 0, 0, end
        rows, characters, end = rows + 1, characters + size, row.end
        if layout.format is FileFormat.JSONL:
            _add_columns(known, row.values)
    if rows and (whole or not spans):
        spans.append(Span(rows, start, end - start))
        start = end
    return Split(spans, len(data) if whole else start, tuple(known))


def _exceeds_limits(rows: int, characters: int, size: int) -> bool:
    return rows > CHUNK_ROWS or characters > CHUNK_CHARACTERS or size > CHUNK_BYTES


def _add_columns(known: dict[str, None], names: Iterable[str]) -> None:
    new = dict.fromkeys(name for name in names if name not in known)
    if new:
        known.update(new)
        check_names(known)
