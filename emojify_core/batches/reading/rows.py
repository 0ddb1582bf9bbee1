"""Read rows from a part of a stored file that starts at the beginning of a row.

Splitting, answering and writing results all read rows here, so that they agree on the rows.
"""

import csv
from collections.abc import Iterator
from io import BytesIO
from typing import Any, NamedTuple

from emojify_core.batches.reading.cell_outcomes import check_cell
from emojify_core.batches.reading.json_line import find_nested, parse_json_line
from emojify_core.batches.reading.layout import FileFormat, Layout
from emojify_core.limits import MAX_CELL, MAX_NAME, MAX_ROW_NESTING
from emojify_core.text_validation import TextProblem

Values = dict[str, Any]  # by column; in a table all are strings

# Cells that mark a broken row. No file contains them: files with NULs are refused.
UNREADABLE, UNCLOSED = "\0unreadable", "\0unclosed"

_RAGGED = (
    "This row has {found} cells, but the header has {expected}. Put texts that contain "
    "{delimiter!r} in quotation marks."
)
_BROKEN = {
    UNREADABLE: TextProblem(
        "not_a_row", "This row cannot be read: a line break stands outside quotation marks."
    ),
    UNCLOSED: TextProblem(
        "unclosed_quotes",
        "A quotation mark in this row is never closed, so the rest of the file became part of it.",
    ),
}
_SHOWN = 40  # characters of a name in a message, which is stored for each such row
_NO_JSON = (
    f"This line is not valid JSON, or more than {MAX_ROW_NESTING} lists and objects stand in one "
    "another."
)
_NO_OBJECT = "This line must be a JSON object or a string."
_LONG_NAME = (
    f"A name in this JSON object is longer than {MAX_NAME} characters. Shorten it and send the "
    "file again."
)
_NO_TEXT = "The column {column} of this row contains no text."


class Row(NamedTuple):
    """One row as uploaded, with its text or the reason why it has none."""

    values: Values
    text: str
    problem: TextProblem | None
    end: int  # the byte after it, counted from where reading began
    source: str = ""  # the line of a JSON object


def read_rows(data: bytes, layout: Layout, *, whole: bool = True) -> Iterator[Row]:
    """Yield the rows in `data`; unless it is `whole`, omit a last row that may be incomplete."""
    match layout.format:
        case FileFormat.CSV:
            return _table(data, layout, whole=whole)
        case FileFormat.JSONL:
            return _json_lines(data, layout, whole=whole)
        case FileFormat.TEXT:
            return _lines(data, layout, whole=whole)


def read_cells(data: bytes, layout: Layout, *, whole: bool) -> Iterator[tuple[list[str], int]]:
    """Yield the rows of a table as cells, each with the byte after it; skip blank lines.

    An unreadable line yields its text and UNREADABLE. A row with unclosed quotes ends with
    UNCLOSED.
    """
    csv.field_size_limit(MAX_CELL)
    lines = _Lines(data, whole=whole)
    reader = csv.reader(lines, delimiter=layout.delimiter, skipinitialspace=layout.skip_space)
    while True:
        start = lines.position
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            line = data[start : lines.position].decode(errors="replace")
            cells = [line.rstrip("\r\n"), UNREADABLE]
        if lines.exhausted:  # the row continues after the end of `data`
            if whole:
                yield [*cells, UNCLOSED], lines.position
            return
        if cells:
            yield cells, lines.position


class _Lines:
    """The lines of a part of a file, and the position reached."""

    def __init__(self, data: bytes, *, whole: bool) -> None:
        self._file, self._whole = BytesIO(data), whole
        self.exhausted = False

    @property
    def position(self) -> int:
        return self._file.tell()

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._file.readline()
        if not line or not (self._whole or line.endswith(b"\n")):
            self.exhausted = True
            raise StopIteration
        return line.decode(errors="replace")


def _table(data: bytes, layout: Layout, *, whole: bool) -> Iterator[Row]:
    columns = layout.columns
    width, text_index = len(columns), columns.index(layout.column)
    for cells, end in read_cells(data, layout, whole=whole):
        problem = None
        if len(cells) != width or cells[-1] in _BROKEN:
            cells, problem = _fit_to_width(cells, layout, text_index)  # noqa: PLW2901
        text = cells[text_index]
        values = dict(zip(columns, cells, strict=True))
        yield Row(values, text, problem or check_cell(text), end)


def _fit_to_width(
    cells: list[str], layout: Layout, text_index: int
) -> tuple[list[str], TextProblem | None]:
    """Return one cell per column, and a problem if the text may have changed."""
    width = len(layout.columns)
    problem = _BROKEN.get(cells[-1])
    if problem is not None:
        cells = cells[:-1]
    if problem is not None and len(cells) == 1:  # show it where people look for the text
        cells = [""] * text_index + cells
    if len(cells) <= width:
        return cells + [""] * (width - len(cells)), problem
    kept, surplus = cells[:width], cells[width:]
    if not any(surplus):
        return kept, problem
    kept[-1] = layout.delimiter.join(cells[width - 1 :])
    # In the last column this is just a text with unquoted delimiters.
    if problem is None and text_index < width - 1:
        sentence = _RAGGED.format(found=len(cells), expected=width, delimiter=layout.delimiter)
        problem = TextProblem("ragged", sentence)
    return kept, problem


def _json_lines(data: bytes, layout: Layout, *, whole: bool) -> Iterator[Row]:
    lines = _Lines(data, whole=whole)
    for line in lines:
        if line.strip():
            yield _json_row(line, layout, lines.position)


def _json_row(line: str, layout: Layout, end: int) -> Row:
    column = layout.column
    raw = {column: line.rstrip("\r\n")}
    try:
        found = parse_json_line(line)
    except ValueError:
        return Row(raw, "", TextProblem("not_json", _NO_JSON), end)
    if isinstance(found, str):
        return Row({column: found}, found, check_cell(found), end)
    if not isinstance(found, dict):
        return Row(raw, "", TextProblem("not_an_object", _NO_OBJECT), end)
    if any(len(name) > MAX_NAME for name in found):
        return Row(raw, "", TextProblem("long_name", _LONG_NAME), end)
    text = find_nested(found, column)
    if not isinstance(text, str):
        problem = TextProblem("no_text", _NO_TEXT.format(column=column[:_SHOWN]))
        return Row(found, "", problem, end, line)
    return Row(found, text, check_cell(text), end, line)


def _lines(data: bytes, layout: Layout, *, whole: bool) -> Iterator[Row]:
    lines = _Lines(data, whole=whole)
    for line in lines:
        text = line.rstrip("\r\n")
        yield Row({layout.column: text}, text, check_cell(text), lines.position)
