"""Rows of a stored file, read from a part of it that begins at a row's beginning.

What cuts a file, answers its chunks and writes it back reads it here, so that all agree on which
row is which.
"""

import csv
import json
from collections.abc import Iterator
from io import BytesIO
from math import isfinite
from typing import Any, NamedTuple, NoReturn

from emojify_core.batches.limits import MAX_LINE
from emojify_core.batches.reading.layout import Format, Layout
from emojify_core.text_validation import TextProblem, check_text

# A cell that is too long shall fail by its row's length, not be half of a row for Python's csv.
_ROOM = 4 * MAX_LINE

Values = dict[str, Any]  # by column; of a table all are strings

# Cells that no file holds: it has been read without NULs.
UNREADABLE, UNCLOSED = "\0unreadable", "\0unclosed"

_RAGGED = "This row has {found} cells, the header {expected}. Put texts with {sign!r} into quotes."
_BROKEN = {
    UNREADABLE: TextProblem(
        "not_a_row", "This is no row of the table: it holds a line end outside quotes."
    ),
    UNCLOSED: TextProblem(
        "unclosed_quotes", "The quotation marks of this row are not closed: the rest is in it."
    ),
}
_NO_JSON = "This line is not JSON."
_NO_OBJECT = "This line is neither a JSON object nor a string."
_NO_TEXT = "The column {column} of this row holds no text."


class Row(NamedTuple):
    """One row as it came, and the text in it or why there is none."""

    values: Values
    text: str
    problem: TextProblem | None
    end: int  # byte behind it, counted from where reading began


def read_rows(data: bytes, layout: Layout, *, whole: bool = True) -> Iterator[Row]:
    """Yield the rows in `data`; if that is not `whole`, without one that may go on behind it."""
    match layout.format:
        case Format.CSV:
            return _table(data, layout, whole=whole)
        case Format.JSONL:
            return _json_lines(data, layout, whole=whole)
        case Format.TEXT:
            return _lines(data, layout, whole=whole)


def read_cells(data: bytes, layout: Layout, *, whole: bool) -> Iterator[tuple[list[str], int]]:
    """Yield a table's rows as cells, each with the byte behind it; blank lines are no rows.

    A line that is no row comes as one cell and UNREADABLE; of a row whose quotes are not closed
    the last cell is UNCLOSED.
    """
    csv.field_size_limit(_ROOM)
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
        if lines.exhausted:  # the row asked for a line that is not here
            if whole:
                yield [*cells, UNCLOSED], lines.position
            return
        if cells:
            yield cells, lines.position


class _Lines:
    """The lines of a part of a file, as text, and how far they have been read."""

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
    width, place = len(columns), columns.index(layout.column)
    for cells, end in read_cells(data, layout, whole=whole):
        problem = None
        if len(cells) != width or cells[-1] in _BROKEN:
            cells, problem = _fitted(cells, layout, place)  # noqa: PLW2901
        text = cells[place]
        values = dict(zip(columns, cells, strict=True))
        yield Row(values, text, problem or check_text(text), end)


def _fitted(cells: list[str], layout: Layout, place: int) -> tuple[list[str], TextProblem | None]:
    """Give a row as many cells as there are columns; say so if the text may be another then."""
    width = len(layout.columns)
    broken = _BROKEN.get(cells[-1])
    if broken is not None:
        cells = cells[:-1]
    if broken is not None and len(cells) == 1:  # where its text would be, people find it
        cells = [""] * place + cells
    if len(cells) <= width:
        return cells + [""] * (width - len(cells)), broken
    kept, surplus = cells[:width], cells[width:]
    if not any(surplus):
        return kept, broken
    kept[-1] = layout.delimiter.join(cells[width - 1 :])
    if broken is None and place < width - 1:  # else a text with commas that are not in quotes
        sentence = _RAGGED.format(found=len(cells), expected=width, sign=layout.delimiter)
        broken = TextProblem("ragged", sentence)
    return kept, broken


def _json_lines(data: bytes, layout: Layout, *, whole: bool) -> Iterator[Row]:
    lines = _Lines(data, whole=whole)
    for line in lines:
        if line.strip():
            yield _json_row(line, layout, lines.position)


def _json_row(line: str, layout: Layout, end: int) -> Row:
    column = layout.column
    raw = {column: line.rstrip("\r\n")}
    try:
        found = json.loads(line, parse_constant=_refuse, parse_float=_number)
    except (ValueError, RecursionError):
        return Row(raw, "", TextProblem("not_json", _NO_JSON), end)
    if isinstance(found, str):
        return Row({column: found}, found, check_text(found), end)
    if not isinstance(found, dict):
        return Row(raw, "", TextProblem("not_an_object", _NO_OBJECT), end)
    text = found.get(column)
    if not isinstance(text, str):
        return Row(found, "", TextProblem("no_text", _NO_TEXT.format(column=column)), end)
    return Row(found, text, check_text(text), end)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


def _number(digits: str) -> float | str:
    """Read a number; one too large for any (1e999) is kept as it was written."""
    value = float(digits)
    return value if isfinite(value) else digits


def _lines(data: bytes, layout: Layout, *, whole: bool) -> Iterator[Row]:
    lines = _Lines(data, whole=whole)
    for line in lines:
        text = line.rstrip("\r\n")
        yield Row({layout.column: text}, text, check_text(text), lines.position)
