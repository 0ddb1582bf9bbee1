"""Write a table again with quotation marks as the rest of the project reads them.

So a file with backslashes before its quotes, or with quotes that mean nothing, is stored as any
other table: workers and results need to know one dialect only.
"""

import csv
from collections.abc import Iterable, Iterator
from io import StringIO

from emojify_core.batches.reading.tables.dialect import Dialect
from emojify_core.errors import BatchFileError

_ROWS = 500  # written at a time


def normalize(blocks: Iterable[bytes], dialect: Dialect, *, blank_rows: bool) -> Iterator[bytes]:
    """Yield a table as CSV with the same delimiter; each cell keeps its content.

    With `blank_rows`, a blank line is a row: a table with one column has no other way to write
    an empty cell. Raises BatchFileError for a row that cannot be read.
    """
    try:
        yield from _write(dialect.read(_lines(blocks)), dialect.delimiter, blank_rows=blank_rows)
    except csv.Error as e:
        raise BatchFileError(
            "A row of the file cannot be read: a line break stands outside quotation marks."
        ) from e


def write_rows(rows: Iterable[list[str]]) -> Iterator[bytes]:
    """Yield rows as CSV."""
    return _write(rows, ",", blank_rows=True)


def _write(rows: Iterable[list[str]], delimiter: str, *, blank_rows: bool) -> Iterator[bytes]:
    text, waiting = StringIO(newline=""), 0
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    for row in rows:
        if not row and not blank_rows:
            continue
        writer.writerow(row or [""])
        waiting += 1
        if waiting >= _ROWS:
            yield text.getvalue().encode(errors="surrogatepass")
            text, waiting = StringIO(newline=""), 0
            writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    if waiting:
        yield text.getvalue().encode(errors="surrogatepass")


def _lines(blocks: Iterable[bytes]) -> Iterator[str]:
    """Yield whole lines; only a newline ends one."""
    rest = b""
    for block in blocks:
        *lines, rest = (rest + block).split(b"\n")
        for line in lines:
            yield line.decode(errors="surrogatepass") + "\n"
    if rest:
        yield rest.decode(errors="surrogatepass")
