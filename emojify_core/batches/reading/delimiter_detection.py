"""Find the delimiter of a table from the beginning of the file.

Python's csv.Sniffer does not help: it fails on tables with one column and on texts with many
commas.
"""

import csv
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from emojify_core.batches.reading.column_detection import is_header
from emojify_core.batches.reading.layout import NO_DELIMITER
from emojify_core.errors import BatchFileError
from emojify_core.limits import MAX_CELL

_DELIMITERS = ",;\t|"
_ROWS = 100  # that are examined
_EXAMINED = 64 << 10  # characters, because each delimiter is tried on all of them
_MAJORITY = 0.6  # of the rows
_DECLARATION = "sep="  # Excel may write the delimiter on the first line
_NAMES = {"tab": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "\\t": "\t"}


def parse_delimiter(name: str) -> str:
    """Return the delimiter that a client chose. Raises BatchFileError when it is not valid."""
    delimiter = _NAMES.get(name.lower(), name)
    if len(delimiter) != 1 or delimiter in '"\r\n\0' or not delimiter.isascii():
        raise BatchFileError(
            "The delimiter must be one character, such as , or ; or the word tab.", "delimiter"
        )
    return delimiter


def declared_delimiter(sample: str) -> tuple[str | None, int]:
    """Return the delimiter on a `sep=` line, and the length of that line in characters."""
    line = sample[: sample.find("\n") + 1]
    content = line.rstrip("\r\n")
    if content.lower().startswith(_DECLARATION) and len(content) == len(_DECLARATION) + 1:
        return content[-1], len(line)
    return None, 0


def detect_delimiter(sample: str) -> str:
    """Return the delimiter that gives most rows as many cells as the first row has.

    Return NO_DELIMITER for a table with one column: the first row has none of the usual
    delimiters, or is a sentence whose commas few other rows repeat.
    """
    if len(sample) > _EXAMINED:
        end = sample.rfind("\n", 0, _EXAMINED) + 1 or _EXAMINED
        sample = sample[:end]
    scores = {delimiter: _agreement(sample, delimiter) for delimiter in _DELIMITERS}
    best = max(scores, key=scores.__getitem__)  # the first of equals
    first = next(_read_rows(sample, best), [])
    return best if scores[best] > (0 if is_header(first) else _MAJORITY) else NO_DELIMITER


def has_space_after_delimiter(sample: str, delimiter: str) -> bool:
    """Tell whether a space follows each delimiter before a quote, as in files typed by hand."""
    return f'{delimiter} "' in sample and f'{delimiter}"' not in sample


def _read_rows(sample: str, delimiter: str) -> Iterator[list[str]]:
    csv.field_size_limit(MAX_CELL)  # by default csv raises an error for cells above 128 KB
    return csv.reader(sample.splitlines(keepends=True), delimiter=delimiter)


def _agreement(sample: str, delimiter: str) -> float:
    """Return the share of rows with as many cells as the first, plus a little for more cells."""
    rows = [row for row in islice(_read_rows(sample, delimiter), _ROWS) if row]
    if not rows or len(rows[0]) == 1:
        return 0
    widths = Counter(map(len, rows))
    return widths[len(rows[0])] / len(rows) + len(rows[0]) / 10_000
