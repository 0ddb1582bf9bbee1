"""Results as CSV or JSON Lines: every column of the file, then what the model says."""

import csv
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from io import StringIO
from typing import Any, Final

from emojify_core.batches.reading.layout import NO_DELIMITER, Layout
from emojify_core.batches.reading.rows import Row
from emojify_core.labels import EMOTIONS, LABELS
from emojify_core.messages import Answer

COLUMNS: Final = ("label", "emoji", "confidence", *LABELS, "model_version", "error")

_EMOJI = {emotion.name: emotion.emoji for emotion in EMOTIONS}
# A spreadsheet would run a cell that begins so; also with the wide signs of East Asian keyboards.
_FORMULA = re.compile(r"[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d+)*|[.,]\d+)([eE][+-]?\d+)?%?")


class ResultFormat(StrEnum):
    """How results can be written."""

    CSV = "csv"
    JSONL = "jsonl"


@dataclass(frozen=True, slots=True)
class Writer:
    """Turns rows and their answers into bytes. `columns` are all that any row of the batch has."""

    format: ResultFormat
    layout: Layout
    columns: tuple[str, ...]
    model_version: int

    @property
    def own_columns(self) -> tuple[str, ...]:
        """What our columns are called: with a prefix where the file has one of these names."""
        if set(COLUMNS).isdisjoint(self.columns):
            return COLUMNS
        prefix = "emojify_"
        while not {prefix + name for name in COLUMNS}.isdisjoint(self.columns):
            prefix = f"_{prefix}"
        return tuple(prefix + name for name in COLUMNS)

    def head(self) -> bytes:
        """Return what stands above the rows."""
        if self.format is ResultFormat.JSONL:
            return b""
        return self._csv([[escape_formula(name) for name in (*self.columns, *self.own_columns)]])

    def rows(self, rows: Iterable[Row], answers: Sequence[Answer]) -> bytes:
        """Return rows in their order, each with its answer."""
        pairs = zip(rows, answers, strict=True)
        if self.format is ResultFormat.CSV:
            return self._csv(
                [
                    *(escape_formula(_cell(row.values.get(name))) for name in self.columns),
                    # Not by way of JSON, which takes five times as long for a number.
                    *("" if value is None else str(value) for value in self._values(answer)),
                ]
                for row, answer in pairs
            )
        return b"".join(self._json(row, answer) for row, answer in pairs)

    def _values(self, answer: Answer) -> list[Any]:
        if answer.error:
            return [None] * (len(COLUMNS) - 1) + [answer.error[1]]
        label, confidence = answer.best
        return [
            *(label, _EMOJI[label], confidence, *answer.probabilities),
            *(self.model_version, None),
        ]

    def _csv(self, rows: Iterable[Sequence[str]]) -> bytes:
        text = StringIO(newline="")
        delimiter = self.layout.delimiter
        writer = csv.writer(text, delimiter="," if delimiter == NO_DELIMITER else delimiter)
        writer.writerows(rows)
        # Half of a surrogate pair came as JSON's escape; no encoding has it.
        return text.getvalue().encode(errors="replace")

    def _json(self, row: Row, answer: Answer) -> bytes:
        values = row.values | dict(zip(self.own_columns, self._values(answer), strict=True))
        try:
            return (json.dumps(values, ensure_ascii=False) + "\n").encode()
        except UnicodeEncodeError:
            return (json.dumps(values) + "\n").encode()


def escape_formula(cell: str) -> str:
    """Return a cell that no spreadsheet runs as a formula; numbers stay numbers."""
    if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


def _cell(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
