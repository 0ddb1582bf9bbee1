"""Store an uploaded file: unpack it, convert it to UTF-8, and find out how to read it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import chain
from typing import BinaryIO, NamedTuple

from emojify_core.batches.reading.blocks import read_at_least
from emojify_core.batches.reading.columns.later_rows import LaterRows, better_column
from emojify_core.batches.reading.disk_room import tell_full_disk
from emojify_core.batches.reading.layout import NO_DELIMITER, FileFormat, Layout, LayoutOptions
from emojify_core.batches.reading.layout_detection import (
    detect_format,
    detect_json_lines,
    detect_plain_text,
)
from emojify_core.batches.reading.report import Reading, UnsureReadingError
from emojify_core.batches.reading.sources import Source, open_source
from emojify_core.batches.reading.tables.normalizing import normalize
from emojify_core.batches.reading.tables.table_detection import (
    EMPTY_FILE,
    detect_dialect,
    detect_table,
    quote_doubts,
)
from emojify_core.errors import BatchFileError
from emojify_core.limits import SAMPLE

_LATER = "The column was chosen by rows from the whole file; its beginning hardly has texts there."


class IngestedFile(NamedTuple):
    """A file that is stored completely."""

    layout: Layout
    size: int  # bytes as stored
    reading: Reading


class _Read(NamedTuple):
    """A file whose beginning is read. `blocks` hold all of it as it will be stored."""

    layout: Layout
    reading: Reading
    blocks: Iterator[bytes]


def ingest_file(
    blocks: Iterable[bytes],
    target: BinaryIO,
    options: LayoutOptions,
    before_write: Callable[[bytes], None] = lambda _: None,
) -> IngestedFile:
    """Write a file of texts to `target` as plain UTF-8, a few blocks in memory at a time.

    `before_write` is called with each block before it is written, and may raise an error. Errors
    in the file's beginning and in the options appear before the rest is read. Raises
    BatchFileError, and BatchTooLargeError and UnsureReadingError among them; `target` is then
    incomplete.
    """
    found = _read_beginning(blocks, options)
    if not (found.reading.sure or options.guess):
        raise UnsureReadingError(found.reading)
    size, later, beginning = 0, LaterRows(), b""
    for block in found.blocks:
        before_write(block)
        target.write(block)
        if size:
            later.see(block)
        else:
            beginning = block
        size += len(block)
    column = None
    if options.column is None and found.layout.format is not FileFormat.TEXT:
        column = better_column(later.candidates(beginning, found.layout), found.layout)
    if column is None:
        return IngestedFile(found.layout, size, found.reading)
    reading = replace(found.reading, column=column, notes=(*found.reading.notes, _LATER))
    return IngestedFile(replace(found.layout, column=column), size, reading)


def look(blocks: Iterable[bytes], options: LayoutOptions) -> Reading:
    """Return how a file would be read, from its beginning.

    Raises BatchFileError, and InsufficientStorageError if a workbook finds no room on the disk.
    """
    with tell_full_disk():
        return _read_beginning(blocks, options).reading


def _read_beginning(blocks: Iterable[bytes], options: LayoutOptions) -> _Read:
    source = open_source(blocks, options)
    beginning, ended = read_at_least(source.blocks, SAMPLE)
    sample = beginning if ended else beginning[: beginning.rfind(b"\n") + 1] or beginning
    if not sample.strip():
        raise BatchFileError(EMPTY_FILE)
    rest = chain([beginning], source.blocks)
    kind, doubts = detect_format(sample, source.options)
    match kind:
        case FileFormat.CSV:
            found = _read_table(sample, rest, source, whole=ended)
        case FileFormat.JSONL:
            found = _Read(*detect_json_lines(sample, source.options), rest)
        case FileFormat.TEXT:
            found = _Read(*detect_plain_text(source.options), rest)
    reading = replace(
        found.reading,
        format=source.format or found.reading.format,
        encoding=source.encoding,
        sheet=source.sheet,
        sheets=source.sheets,
        notes=(*source.notes, *found.reading.notes),
        doubts=(*source.doubts, *doubts, *found.reading.doubts),
    )
    return _Read(replace(found.layout, encoding=source.encoding), reading, found.blocks)


def _read_table(sample: bytes, blocks: Iterator[bytes], source: Source, *, whole: bool) -> _Read:
    """Read the beginning of a table; write it again if its dialect is not the usual one."""
    text = sample.decode(errors="replace")
    options = source.options
    dialect, start = detect_dialect(text, options)
    one_column = dialect.delimiter == NO_DELIMITER
    doubts = quote_doubts(text[start:], dialect, options)
    before = len(text[:start].encode())
    if dialect.is_plain and not (one_column and "\n\n" in text.replace("\r", "")):
        layout, reading = detect_table(sample, dialect, before, options, whole=whole)
    else:
        blocks = normalize(_without(blocks, before), dialect, blank_rows=one_column)
        beginning, ended = read_at_least(blocks, SAMPLE)
        blocks = chain([beginning], blocks)
        sample = beginning if ended else beginning[: beginning.rfind(b"\n") + 1] or beginning
        stored = replace(dialect, quote="double")
        layout, reading = detect_table(sample, stored, 0, options, whole=ended)
        skipped = reading.skip_lines + text[:start].count("\n")
        reading = replace(reading, quote=dialect.quote, skip_lines=skipped)
    return _Read(layout, replace(reading, doubts=(*doubts, *reading.doubts)), blocks)


def _without(blocks: Iterator[bytes], size: int) -> Iterator[bytes]:
    """Yield blocks without their first bytes, all of which stand in the first block."""
    first = next(blocks, b"")
    yield first[size:]
    yield from blocks
