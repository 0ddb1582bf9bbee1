"""What every format of results writes: the columns of the file, then those of the prediction."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, Final, Protocol

from emojify_core.answer import Answer
from emojify_core.batches.reading.column_detection import unique_column_names
from emojify_core.batches.reading.layout import NO_DELIMITER, FileFormat, Layout
from emojify_core.batches.reading.rows import Row, read_cells
from emojify_core.labels import EMOTION_OF, LABELS

COLUMNS: Final = (
    *("label", "emoji", "confidence", *LABELS, "model_version", "error"),
    *("emotional", "none", "understood", "confident"),  # last, so that the others keep their places
)


class ResultFormat(StrEnum):
    """The formats for results."""

    CSV = "csv"  # safe to open in a spreadsheet
    CSV_EXCEL = "csv-excel"  # safe, and as Excel expects it
    CSV_EXACT = "csv-exact"  # the cells as they were sent
    XLSX = "xlsx"
    JSONL = "jsonl"

    @property
    def suffix(self) -> str:
        """The ending of the file's name."""
        return self.value.partition("-")[0]


@dataclass(frozen=True)
class ResultTable:
    """The columns of a file with results. `columns` are those of all rows of the batch."""

    layout: Layout
    columns: tuple[str, ...]
    model_version: int
    beginning: bytes = b""  # of the stored file: at least what stands before the first row
    rows: int = 0
    size: int = 0  # bytes of the stored file

    @property
    def delimiter(self) -> str:
        """The file's own delimiter."""
        delimiter = self.layout.delimiter
        return "," if delimiter == NO_DELIMITER else delimiter

    @cached_property
    def header(self) -> tuple[str, ...]:
        """The cells of the header as they were sent; `columns` where there were none."""
        layout = self.layout
        if layout.format is FileFormat.CSV and layout.header:
            for cells, _ in read_cells(self.beginning[: layout.start], layout, whole=True):
                if unique_column_names(cells) == layout.columns == self.columns:
                    return tuple(cells)
        return self.columns

    @cached_property
    def line_end(self) -> str:
        """How the lines of the file end."""
        line, found, _ = self.beginning.partition(b"\n")
        return "\n" if found and not line.endswith(b"\r") else "\r\n"

    @cached_property
    def added(self) -> tuple[str, ...]:
        """The names of the added columns, with a prefix if the file uses one of them already.

        Case makes no difference: a spreadsheet's tables and databases see none.
        """
        taken = {name.strip().casefold() for name in (*self.columns, *self.header)}
        prefix = ""
        while not {prefix + name for name in COLUMNS}.isdisjoint(taken):
            prefix = f"_{prefix}" if prefix else "emojify_"
        return tuple(prefix + name for name in COLUMNS)

    def values(self, answer: Answer) -> list[Any]:
        """Return the values of the added columns."""
        if answer.error:
            return [answer.error[1] if name == "error" else None for name in COLUMNS]
        label, confidence = answer.best
        return [
            *(label, EMOTION_OF[label].emoji, confidence, *answer.probabilities),
            *(self.model_version, None),
            *(answer.emotional, answer.none, answer.understood, answer.confident),
        ]


class ResultWriter(Protocol):
    """Writes a table in one format: the header, rows any number of times, then the end."""

    def header(self) -> bytes:
        """Return what comes before the rows."""

    def rows(self, rows: Iterable[Row], answers: Sequence[Answer]) -> bytes:
        """Return the rows in order, each with its prediction."""

    def end(self, summary: dict[str, Any]) -> bytes:
        """Return what comes after the rows."""


def as_text(value: object) -> str:
    """Return the text of a cell; a value of JSON that is no string is written as JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
