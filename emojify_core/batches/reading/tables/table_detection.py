"""Detect how a table is written: its dialect, its header, and the column with the texts."""

from dataclasses import replace
from itertools import islice

from emojify_core.batches.reading.column_detection import (
    check_names,
    choose_column,
    unique_column_names,
)
from emojify_core.batches.reading.layout import (
    NO_DELIMITER,
    FileFormat,
    Layout,
    LayoutOptions,
)
from emojify_core.batches.reading.report import Doubt, OddRow, Reading
from emojify_core.batches.reading.rows import read_cells
from emojify_core.batches.reading.tables.dialect import Dialect, parse_delimiter, parse_quote
from emojify_core.batches.reading.tables.dialect_detection import (
    declared_delimiter,
    detect_delimiter,
    detect_quote,
    has_space_after_delimiter,
    merges_rows,
)
from emojify_core.batches.reading.tables.table_start import find_start
from emojify_core.errors import BatchFileError
from emojify_core.limits import MAX_COLUMNS, MAX_PREAMBLE, READING_SAMPLE

EMPTY_FILE = "The file is empty. Send one with a text on each line or in each row."
_ROWS = READING_SAMPLE + MAX_PREAMBLE
_SHOWN = 5  # odd rows


def detect_dialect(text: str, options: LayoutOptions) -> tuple[Dialect, int]:
    """Return the dialect of a table, and how many characters stand before it.

    These are a `sep=` line, or the lines that the client skips.

    Raises BatchFileError for an invalid option.
    """
    declared, skipped = declared_delimiter(text)
    if options.skip_lines is not None:
        skipped = _length_of_lines(text, options.skip_lines)
        text = text[skipped:]
    if options.delimiter is not None:
        delimiter = parse_delimiter(options.delimiter)
    elif options.format == "tsv":
        delimiter = "\t"
    else:
        delimiter = declared or detect_delimiter(text)
    quote = detect_quote(text, delimiter) if options.quote is None else parse_quote(options.quote)
    skip_space = quote == "double" and has_space_after_delimiter(text, delimiter)
    return Dialect(delimiter, quote, skip_space), skipped


def detect_table(
    sample: bytes, dialect: Dialect, start: int, options: LayoutOptions, *, whole: bool
) -> tuple[Layout, Reading]:
    """Return the layout of a table that begins with `sample`, and what is told of it.

    `sample` is in the form in which the file is stored; its rows begin at byte `start`. Raises
    BatchFileError when there are no rows, a column is missing or an option is invalid.
    """
    provisional = Layout(
        FileFormat.CSV, "", (), start, "utf-8", dialect.delimiter, dialect.skip_space
    )
    read = islice(read_cells(sample[start:], provisional, whole=True), _ROWS)
    rows, ends = [], [start]
    for cells, end in read:
        rows.append(cells[: MAX_COLUMNS + 1])
        ends.append(start + end)
    if not rows:
        raise BatchFileError(EMPTY_FILE)
    found = find_start(rows, options)
    check_names(found.cells)
    names = unique_column_names(found.cells)
    body = rows[found.first_row :]
    if found.header and not body and whole:
        raise BatchFileError("The file has a header but no rows. Add a row for each text.")
    samples = {
        name: [row[index] for row in body if index < len(row)] for index, name in enumerate(names)
    }
    column, candidates, doubts = choose_column(options.column, found.cells, samples)
    layout = replace(
        provisional,
        column=column,
        columns=names,
        start=ends[found.first_row],
        header=found.header,
    )
    reading = Reading(
        format=FileFormat.CSV.value,
        encoding="utf-8",
        column=column,
        candidates=candidates,
        delimiter=None if dialect.delimiter == NO_DELIMITER else dialect.delimiter,
        quote=dialect.quote,
        skip_lines=_lines_before(sample, ends[found.skipped]),
        header=found.header,
        header_lines=found.lines,
        odd_rows=_odd_rows(body, len(names)),
        rows_examined=len(body),
        doubts=(*found.doubts, *doubts),
    )
    return layout, reading


def _lines_before(sample: bytes, end: int) -> int:
    """Return how many lines stand before a row, with the blank lines after the row before it."""
    blank = len(sample) - end - len(sample[end:].lstrip(b"\r\n"))
    return sample[: end + blank].count(b"\n")


def _length_of_lines(text: str, lines: int) -> int:
    """Return the length of the first lines. Raises BatchFileError if there are no more."""
    end = 0
    for _ in range(lines):
        end = text.find("\n", end) + 1
        if not end:
            raise BatchFileError(f"The file does not have {lines:,} lines to skip.", "skip_lines")
    return end


def quote_doubts(text: str, dialect: Dialect, options: LayoutOptions) -> tuple[Doubt, ...]:
    """Return a doubt if stray quotation marks may merge rows."""
    if options.quote is not None or dialect.quote != "double":
        return ()
    if dialect.delimiter == NO_DELIMITER or not merges_rows(text, dialect.delimiter):
        return ()
    return (
        Doubt(
            "quote",
            "Some quotation marks are not closed, so lines may have become one row. Set "
            "quote=none if they belong to the texts.",
        ),
    )


def _odd_rows(body: list[list[str]], width: int) -> tuple[OddRow, ...]:
    odd = (
        OddRow(number, f"It has {len(row)} cells instead of {width}.")
        for number, row in enumerate(body, 1)
        if len(row) != width
    )
    return tuple(islice(odd, _SHOWN))
