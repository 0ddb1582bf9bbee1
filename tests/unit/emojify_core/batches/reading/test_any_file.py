"""Whatever file arrives, the reader gives bounded rows or one of the project's errors."""

import time
from collections.abc import Callable
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, given, settings

from emojify_core.batches.reading.chunking import split_next
from emojify_core.batches.reading.layout import FileFormat, Layout
from emojify_core.batches.reading.rows import Row, read_rows
from emojify_core.batches.results.table import ResultFormat, ResultTable
from emojify_core.batches.results.writer import open_writer
from emojify_core.errors import BatchFileError
from emojify_core.limits import CHUNK_BYTES, CHUNK_ROWS, MAX_COLUMNS, MAX_LINE, MAX_NAMES, SLICE
from support.any_files import SentFile, files
from support.batch_files import answer, ingested
from support.hypothesis_profiles import examples

FIELDS = {"file", "format", "encoding", "column", "delimiter"}
LONGEST_SENTENCE = 30_000  # characters of an error, which may repeat what the client chose
FIXED, WEB, WORKER = 0.05, 0.25 / (1 << 20), 0.3 / SLICE  # seconds, and seconds for each byte
T = TypeVar("T")
TRIES = 4  # another process may disturb one of them


@pytest.mark.hypothesis
@settings(max_examples=examples(3_000), suppress_health_check=list(HealthCheck))
@given(files())
def test_any_file_gives_bounded_rows_or_an_error_of_this_project(sent: SentFile) -> None:
    """Another error fails the test, and so does a file that costs more than its length allows."""
    file = outcome(lambda: read(sent), FIXED + WEB * sent.size)
    if isinstance(file, BatchFileError):
        assert str(file).endswith(".")
        assert file.field in FIELDS
        assert len(str(file)) < LONGEST_SENTENCE
        return
    layout, stored = file
    assert Layout.from_json(layout.to_json()) == layout
    allowed = FIXED + WORKER * len(stored)
    split = outcome(lambda: split_fully(stored, layout), allowed)
    if not isinstance(split, BatchFileError):
        parts, columns = split
        for rows in parts:
            check(rows, layout, columns)


def read(sent: SentFile) -> tuple[Layout, bytes]:
    """Ingest a file as the web does."""
    return ingested(sent.content, block=sent.block, **sent.options)  # type: ignore[arg-type]


def split_fully(stored: bytes, layout: Layout) -> tuple[list[list[Row]], tuple[str, ...]]:
    """Split a file as a worker does; return the rows of each chunk, and all columns."""
    position, row, columns, parts = layout.start, 0, layout.columns, []
    while position < len(stored):
        part = split_next(lambda at, size: stored[at : at + size], layout, position, columns, row)
        for span in part.spans:
            assert span.start == position
            position += span.length
            assert span.rows <= CHUNK_ROWS
            assert span.rows == 1 or span.length <= CHUNK_BYTES
            rows = list(read_rows(stored[span.start : position], layout))
            assert len(rows) == span.rows
            parts.append(rows)
            row += span.rows
        assert position <= part.end  # blank lines may follow the last row
        position, columns = part.end, part.columns
    assert len(columns) <= MAX_COLUMNS
    assert sum(map(len, columns)) <= MAX_NAMES
    return parts, columns


def check(rows: list[Row], layout: Layout, columns: tuple[str, ...]) -> None:
    """Check the rows of a chunk, and that every kind of results can be written."""
    end = 0
    for row in rows:
        assert 0 < row.end - end <= MAX_LINE + SLICE
        end = row.end
        assert row.problem or row.text.strip()
        if layout.format is not FileFormat.JSONL:
            assert tuple(row.values) == layout.columns
    for kind in ResultFormat:
        writer = open_writer(kind, ResultTable(layout, columns, 1))
        written = writer.header() + writer.rows(rows, [answer()] * len(rows)) + writer.end({})
        assert len(written) > len(rows)


def outcome(call: Callable[[], T], allowed: float) -> T | BatchFileError:
    """Return what a call returns, or its error; fail if it takes more processor time."""
    for _ in range(TRIES):
        start = time.thread_time()
        try:
            found: T | BatchFileError = call()
        except BatchFileError as refused:
            found = refused
        if (spent := time.thread_time() - start) <= allowed:
            return found
    pytest.fail(f"{spent:.3f} s, where {allowed:.3f} s are allowed")
