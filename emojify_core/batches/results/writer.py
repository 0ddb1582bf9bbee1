"""Write results as CSV or JSON Lines: the columns of the file, then the prediction."""

import csv
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from io import StringIO
from typing import Any, Final

from emojify_core.answer import Answer
from emojify_core.batches.reading.layout import NO_DELIMITER, Layout
from emojify_core.batches.reading.rows import Row
from emojify_core.labels import EMOTION_OF, LABELS

COLUMNS: Final = (
    *("label", "emoji", "confidence", *LABELS, "model_version", "error"),
    *("emotional", "none", "understood"),  # last, so that the others keep their places
)

# Spreadsheets run cells that start like this, also with the full-width and small signs of East
# Asian keyboards.
_SIGNS = r"=+\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b"
_FORMULA = re.compile(rf"[\t\r\n{_SIGNS}]")
# A spreadsheet may split a file at another sign than the file's delimiter: in many countries at a
# semicolon. Then quotation marks protect nothing, and what follows the sign becomes a cell.
_SPLIT = re.compile(rf"""([;|\t\r\n])("*[{_SIGNS}][^;|\t\r\n]*)""")
_SPLIT_AT_COMMA = re.compile(rf"""([,;|\t\r\n])("*[{_SIGNS}][^,;|\t\r\n]*)""")
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d+)*|[.,]\d+)([eE][+-]?\d+)?%?")


class ResultFormat(StrEnum):
    """The formats for results."""

    CSV = "csv"
    JSONL = "jsonl"


@dataclass(frozen=True, slots=True)
class ResultWriter:
    """Writes rows with their predictions. `columns` are those of all rows of the batch."""

    format: ResultFormat
    layout: Layout
    columns: tuple[str, ...]
    model_version: int

    @property
    def result_columns(self) -> tuple[str, ...]:
        """The names of the added columns, with a prefix if the file uses one of them already."""
        if set(COLUMNS).isdisjoint(self.columns):
            return COLUMNS
        prefix = "emojify_"
        while not {prefix + name for name in COLUMNS}.isdisjoint(self.columns):
            prefix = f"_{prefix}"
        return tuple(prefix + name for name in COLUMNS)

    @property
    def _delimiter(self) -> str:
        delimiter = self.layout.delimiter
        return "," if delimiter == NO_DELIMITER else delimiter

    def header(self) -> bytes:
        """Return what comes before the rows."""
        if self.format is ResultFormat.JSONL:
            return b""
        names = (*self.columns, *self.result_columns)
        return self._csv([[escape_formula(name, self._delimiter) for name in names]])

    def rows(self, rows: Iterable[Row], answers: Sequence[Answer]) -> bytes:
        """Return the rows in order, each with its prediction."""
        pairs = zip(rows, answers, strict=True)
        if self.format is ResultFormat.CSV:
            delimiter = self._delimiter
            return self._csv(
                [
                    *(
                        escape_formula(_cell(row.values.get(name)), delimiter)
                        for name in self.columns
                    ),
                    *(_csv_value(value) for value in self._values(answer)),
                ]
                for row, answer in pairs
            )
        names = self.result_columns
        return b"".join(self._json(row, answer, names) for row, answer in pairs)

    def _values(self, answer: Answer) -> list[Any]:
        if answer.error:
            return [answer.error[1] if name == "error" else None for name in COLUMNS]
        label, confidence = answer.best
        return [
            *(label, EMOTION_OF[label].emoji, confidence, *answer.probabilities),
            *(self.model_version, None),
            *(answer.emotional, answer.none, answer.understood),
        ]

    def _csv(self, rows: Iterable[Sequence[str]]) -> bytes:
        text = StringIO(newline="")
        writer = csv.writer(text, delimiter=self._delimiter)
        writer.writerows(rows)
        # JSON escapes can contain half of a surrogate pair, which UTF-8 cannot encode.
        return text.getvalue().encode(errors="replace")

    def _json(self, row: Row, answer: Answer, names: Sequence[str]) -> bytes:
        values = row.values | dict(zip(names, self._values(answer), strict=True))
        try:
            return (json.dumps(values, ensure_ascii=False) + "\n").encode()
        except UnicodeEncodeError:
            return (json.dumps(values) + "\n").encode()


def escape_formula(cell: str, delimiter: str = ",") -> str:
    """Return the cell so that no spreadsheet runs it, or a part of it, as a formula.

    `delimiter` is the file's. Numbers stay numbers.
    """
    cell = (_SPLIT if delimiter == "," else _SPLIT_AT_COMMA).sub(_escape_part, cell)
    if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


def _escape_part(part: re.Match[str]) -> str:
    split, rest = part.groups()
    return part[0] if _NUMBER.fullmatch(rest) else f"{split}'{rest}"


def _csv_value(value: str | float | bool | None) -> str:  # noqa: FBT001
    if value is None:
        return ""
    # str, not JSON, which takes five times as long for a number.
    return str(value).lower() if isinstance(value, bool) else str(value)


def _cell(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
