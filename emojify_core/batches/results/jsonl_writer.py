"""Results as JSON Lines: each object as it was sent, and the prediction behind it."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from emojify_core.answer import Answer
from emojify_core.batches.reading.json_line import readable_source
from emojify_core.batches.reading.rows import Row
from emojify_core.batches.results.table import ResultTable


@dataclass(frozen=True, slots=True)
class JsonLinesWriter:
    """Writes an object for each row. Numbers keep each of their digits."""

    table: ResultTable

    def header(self) -> bytes:
        """Return nothing: each line has its names."""
        return b""

    def rows(self, rows: Iterable[Row], answers: Sequence[Answer]) -> bytes:
        """Return a line for each row."""
        names = self.table.added
        return b"".join(
            _line(row, dict(zip(names, self.table.values(answer), strict=True)))
            for row, answer in zip(rows, answers, strict=True)
        )

    def end(self, _summary: dict[str, Any]) -> bytes:
        """Return nothing."""
        return b""


def _line(row: Row, added: dict[str, Any]) -> bytes:
    if row.source:  # an object: what it holds is not written anew
        start = readable_source(row.source)[:-1].rstrip()
        separator = "" if start == "{" else ", "
        return f"{start}{separator}{json.dumps(added, ensure_ascii=False)[1:]}\n".encode()
    values = row.values | added
    try:
        return (json.dumps(values, ensure_ascii=False) + "\n").encode()
    except UnicodeEncodeError:
        return (json.dumps(values) + "\n").encode()
