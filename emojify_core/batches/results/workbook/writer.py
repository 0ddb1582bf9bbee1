"""Writes a workbook row by row: memory stays flat, and the first bytes leave at once."""

from collections.abc import Iterable, Sequence
from io import RawIOBase
from itertools import chain
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from emojify_core.answer import Answer
from emojify_core.batches.reading.rows import Row
from emojify_core.batches.results.table import ResultTable
from emojify_core.batches.results.workbook.cells import row
from emojify_core.batches.results.workbook.frame import BOLD, ROWS, frame_parts

_TYPES = "[Content_Types].xml"  # programs expect it to come first
_LEVEL = 3  # of compression: a third of the time of zlib's own choice, a tenth more bytes
_LARGE = 1 << 30  # bytes of a sheet; larger ones need the larger form of a zip file
_ROW_SIZE = 1_200  # bytes of XML for what is added to a row
_START = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    '<sheetViews><sheetView tabSelected="1" workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    "</sheetView></sheetViews><sheetData>"
)
_END = "</sheetData></worksheet>"


class WorkbookWriter:
    """Writes .xlsx: a sheet with the rows, and one that sums them up.

    A zip file may hold its parts in any order, so the summary comes last.
    """

    def __init__(self, table: ResultTable) -> None:
        self._table = table
        self._sink = _Sink()
        self._archive = ZipFile(self._sink, "w", ZIP_DEFLATED, compresslevel=_LEVEL)
        self._sheet: IO[bytes] | None = None
        self._row = 1

    def header(self) -> bytes:
        """Return the beginning, with the names of the columns."""
        self._add(_TYPES, frame_parts({})[_TYPES])
        size = 2 * self._table.size + _ROW_SIZE * self._table.rows
        self._sheet = self._archive.open(ROWS, "w", force_zip64=size > _LARGE)
        names = (*self._table.header, *self._table.added)
        self._sheet.write((_START + row(1, names, BOLD)).encode(errors="replace"))
        return self._sink.take()

    def rows(self, rows: Iterable[Row], answers: Sequence[Answer]) -> bytes:
        """Return the next rows."""
        assert self._sheet is not None  # noqa: S101 - the header comes first
        columns = self._table.columns
        for each, answer in zip(rows, answers, strict=True):
            self._row += 1
            cells = [each.values.get(name) for name in columns]
            written = row(self._row, list(chain(cells, self._table.values(answer))))
            self._sheet.write(written.encode(errors="replace"))
        return self._sink.take()

    def end(self, summary: dict[str, Any]) -> bytes:
        """Return the summary and the end of the zip file."""
        assert self._sheet is not None  # noqa: S101
        self._sheet.write(_END.encode())
        self._sheet.close()
        for name, content in frame_parts(summary).items():
            if name != _TYPES:
                self._add(name, content)
        self._archive.close()
        return self._sink.take()

    def _add(self, name: str, content: bytes) -> None:
        with self._archive.open(name, "w") as part:
            part.write(content)


class _Sink(RawIOBase):
    """Keeps what the zip file writes until it is taken. It cannot go back."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        """Return what was written since the last time."""
        taken = b"".join(self._parts)
        self._parts.clear()
        return taken
