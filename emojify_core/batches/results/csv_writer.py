"""Results as CSV: safe in a spreadsheet, made for Excel, or exact."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any

from emojify_core.answer import Answer
from emojify_core.batches.reading.rows import Row
from emojify_core.batches.results.formulas import escape_formula
from emojify_core.batches.results.table import ResultFormat, ResultTable, as_text

_BOM = "\ufeff".encode()


@dataclass(frozen=True, slots=True)
class CsvWriter:
    """Writes CSV with the file's own delimiter.

    Made for Excel, it has a byte order mark, the file's line ends, and decimal commas where
    semicolons separate the cells, as in countries that write them. An exact one has the file's
    line ends, and no apostrophe before any cell.
    """

    table: ResultTable
    format: ResultFormat

    def header(self) -> bytes:
        """Return the names of the columns."""
        start = _BOM if self.format is ResultFormat.CSV_EXCEL else b""
        names = (*self.table.header, *self.table.added)
        return start + self._csv([[self._cell(name) for name in names]])

    def rows(self, rows: Iterable[Row], answers: Sequence[Answer]) -> bytes:
        """Return a line for each row."""
        table, cell = self.table, self._cell
        comma = self.format is ResultFormat.CSV_EXCEL and table.delimiter == ";"
        return self._csv(
            [
                *(cell(as_text(row.values.get(name))) for name in table.columns),
                *(_value(value, comma=comma) for value in table.values(answer)),
            ]
            for row, answer in zip(rows, answers, strict=True)
        )

    def end(self, _summary: dict[str, Any]) -> bytes:
        """Return nothing: a table ends with its last row."""
        return b""

    def _cell(self, cell: str) -> str:
        if self.format is ResultFormat.CSV_EXACT:
            return cell
        return escape_formula(cell, self.table.delimiter)

    def _csv(self, rows: Iterable[Sequence[str]]) -> bytes:
        text = StringIO(newline="")
        end = "\r\n" if self.format is ResultFormat.CSV else self.table.line_end
        csv.writer(text, delimiter=self.table.delimiter, lineterminator=end).writerows(rows)
        # JSON escapes can contain half of a surrogate pair, which UTF-8 cannot encode.
        return text.getvalue().encode(errors="replace")


def _value(value: str | float | bool | None, *, comma: bool) -> str:  # noqa: FBT001
    if value is None:
        return ""
    if comma and isinstance(value, float):
        return str(value).replace(".", ",")
    # str, not JSON, which takes five times as long for a number.
    return str(value).lower() if isinstance(value, bool) else str(value)
