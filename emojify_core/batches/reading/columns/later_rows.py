"""Rows from the whole of a long file: its first rows may be blank where the others hold texts."""

from collections.abc import Iterator
from itertools import islice

from emojify_core.batches.reading.columns.scores import candidates, is_near
from emojify_core.batches.reading.json_line import flatten
from emojify_core.batches.reading.layout import FileFormat, Layout
from emojify_core.batches.reading.report import Candidate
from emojify_core.batches.reading.rows import Row, read_rows
from emojify_core.limits import READING_SAMPLE

_PIECES = 64
_PIECE = 4 << 10  # bytes
_FEW = 20  # rows that decide nothing


class LaterRows:
    """Keeps short pieces of a file that passes by, evenly spaced however long it is."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._seen, self._stride = 0, 1

    def see(self, block: bytes) -> None:
        """Look at the next block of the file."""
        self._seen += 1
        if self._seen % self._stride:
            return
        piece = block[: 2 * _PIECE]
        start = piece.find(b"\n") + 1
        end = piece.rfind(b"\n") + 1
        if start < end:
            self._pieces.append(piece[start:end])
        if len(self._pieces) > _PIECES:
            self._pieces = self._pieces[1::2]
            self._stride *= 2

    def candidates(self, beginning: bytes, layout: Layout) -> list[Candidate]:
        """Return the likely columns, judged by the beginning and by the pieces alike.

        Return none where the pieces hold too few rows.
        """
        later = list(islice(self._rows(layout), READING_SAMPLE // 2))
        if len(later) < _FEW:
            return []
        first = islice(read_rows(beginning[layout.start :], layout), READING_SAMPLE // 2)
        samples: dict[str, list[str]] = {name: [] for name in layout.columns}
        for row in (*first, *later):
            for name, value in _cells(row, layout):
                samples.setdefault(name, []).extend([value] if isinstance(value, str) else [])
        return candidates(samples)

    def _rows(self, layout: Layout) -> Iterator[Row]:
        """Yield some rows of each piece that are read without a problem of their own.

        A piece may start inside a cell, so its first rows may be wrong.
        """
        each = max(1, READING_SAMPLE // 2 // max(1, len(self._pieces)))
        broken = {"ragged", "not_a_row", "unclosed_quotes", "not_json", "not_an_object"}
        for piece in self._pieces:
            rows = (
                row
                for row in read_rows(piece, layout)
                if row.problem is None or row.problem.code not in broken
            )
            yield from islice(rows, each)


def better_column(found: list[Candidate], layout: Layout) -> str | None:
    """Return another column that holds the texts for sure, or None."""
    if not found or found[0].column == layout.column or is_near(found):
        return None
    return found[0].column


def _cells(row: Row, layout: Layout) -> Iterator[tuple[str, object]]:
    return flatten(row.values) if layout.format is FileFormat.JSONL else iter(row.values.items())
