"""Detect how a table is written: its dialect, its header, and the column with the texts."""

from dataclasses import dataclass, replace
from itertools import islice

from emojify_core.batches.reading.column_detection import (
    check_names,
    choose_column,
    unique_column_names,
)
from emojify_core.batches.reading.layout import (
    LINE_COLUMN,
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
from emojify_core.batches.reading.tables.header_detection import header_evidence, is_sure
from emojify_core.batches.reading.tables.header_lines import (
    first_line_of_table,
    further_header_lines,
)
from emojify_core.errors import BatchFileError
from emojify_core.limits import MAX_COLUMNS, MAX_PREAMBLE, READING_SAMPLE

EMPTY_FILE = "The file is empty. Send one with a text on each line or in each row."
_ROWS = READING_SAMPLE + MAX_PREAMBLE
_SHOWN = 5  # odd rows


@dataclass(frozen=True, slots=True)
class _Start:
    """Where the rows of a table start, and what names its columns."""

    header: bool
    cells: list[str]  # one for each column
    first_row: int  # index of the first row of data
    skipped: int  # lines before the header
    lines: int  # of the header
    doubts: tuple[Doubt, ...] = ()


def detect_dialect(text: str, options: LayoutOptions) -> tuple[Dialect, int]:
    """Return the dialect of a table, and the length of its `sep=` line in characters.

    Raises BatchFileError for an invalid option.
    """
    declared, skipped = declared_delimiter(text)
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
    found = _find_start(rows, options)
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
        skip_lines=found.skipped,
        header=found.header,
        header_lines=found.lines,
        odd_rows=_odd_rows(body, len(names)),
        rows_examined=len(body),
        doubts=(*found.doubts, *doubts),
    )
    return layout, reading


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


def _find_start(rows: list[list[str]], options: LayoutOptions) -> _Start:
    """Find the header and the first row of data."""
    width = _usual_width(rows)
    if options.skip_lines is None:
        skipped = first_line_of_table(rows, width)
    else:
        skipped = min(options.skip_lines, len(rows) - 1)
    first, body = rows[skipped], rows[skipped + 1 :]
    evidence = header_evidence(first, body)
    header, doubts = evidence > 0, ()
    named = options.column is not None and not options.column.isdecimal()
    if named and options.column in {cell.strip() for cell in first}:
        header = True
    elif options.header is not None:
        header = options.header
    elif not is_sure(evidence):
        doubts = (_header_doubt(first),)
    if not header:
        cells = _column_numbers(max(len(first), min(width, MAX_COLUMNS + 1)))
        return _Start(header=False, cells=cells, first_row=skipped, skipped=skipped, lines=0, doubts=doubts)
    more = further_header_lines(first, body)
    cells = list(first)
    if len(first) == width - 1 and _has_row_names(body, width):
        cells = ["", *first]
    return _Start(
        header=True,
        cells=cells,
        first_row=skipped + 1 + more,
        skipped=skipped,
        lines=1 + more,
        doubts=doubts,
    )


def _usual_width(rows: list[list[str]]) -> int:
    """Return the number of cells of most rows; of equals, the larger one."""
    counts: dict[int, int] = {}
    for row in rows:
        counts[len(row)] = counts.get(len(row), 0) + 1
    return max(counts, key=lambda width: (counts[width], width))


def _has_row_names(body: list[list[str]], width: int) -> bool:
    """Tell whether R wrote row names, which its header does not name."""
    names = [row[0] for row in body if len(row) == width]
    prose = any(row[-1].startswith(" ") for row in body if len(row) == width)
    return bool(names) and len(names) == len(body) and len(set(names)) == len(names) and not prose


def _header_doubt(first: list[str]) -> Doubt:
    shown = ", ".join(repr(cell[:40]) for cell in first[:3])
    return Doubt(
        "header",
        f"The first row ({shown}) may be a header or data. Set header=true or header=false.",
    )


def _odd_rows(body: list[list[str]], width: int) -> tuple[OddRow, ...]:
    odd = (
        OddRow(number, f"It has {len(row)} cells instead of {width}.")
        for number, row in enumerate(body, 1)
        if len(row) != width
    )
    return tuple(islice(odd, _SHOWN))


def _column_numbers(width: int) -> list[str]:
    return [LINE_COLUMN] if width == 1 else [f"column_{number}" for number in range(1, width + 1)]

