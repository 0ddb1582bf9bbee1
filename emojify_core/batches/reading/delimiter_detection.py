"""What separates the cells of a table, told from its beginning.

Python's csv module reads the tables; its Sniffer is not used, because it gives up on tables of
one column and on texts full of commas.
"""

import csv
from collections import Counter
from itertools import islice

from emojify_core.batches.reading.column_detection import is_header
from emojify_core.batches.reading.layout import NO_DELIMITER
from emojify_core.errors import BatchFileError

_DELIMITERS = ",;\t|"
_ROWS = 100  # looked at
_MANY = 0.6  # of the rows
_EXCEL = "sep="  # its first line may name the delimiter
_NAMES = {"tab": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "\\t": "\t"}


def named_delimiter(name: str) -> str:
    """Return the delimiter a client asks for. Raises BatchFileError."""
    found = _NAMES.get(name.lower(), name)
    if len(found) != 1 or found in '"\r\n\0' or not found.isascii():
        raise BatchFileError(
            "A delimiter is one character, such as , or ; or the word tab.", "delimiter"
        )
    return found


def announced_delimiter(sample: str) -> tuple[str | None, int]:
    """Return the delimiter that a `sep=` line names, and how many characters that line has."""
    line = sample[: sample.find("\n") + 1]
    content = line.rstrip("\r\n")
    if content.lower().startswith(_EXCEL) and len(content) == len(_EXCEL) + 1:
        return content[-1], len(line)
    return None, 0


def find_delimiter(sample: str) -> str:
    """Return what separates the cells: the sign by which most rows are as long as the first.

    If the first row has none of the usual signs, or is a sentence with which few others agree, the
    table has one column.
    """
    scores = {sign: _agreement(sample, sign) for sign in _DELIMITERS}
    best = max(scores, key=scores.__getitem__)  # the first of equals
    first = next(csv.reader(sample.splitlines(keepends=True), delimiter=best), [])
    return best if scores[best] > (0 if is_header(first) else _MANY) else NO_DELIMITER


def has_blanks_behind(sample: str, delimiter: str) -> bool:
    """Tell whether quoted cells stand behind delimiter and blank, as people write by hand."""
    return f'{delimiter} "' in sample and f'{delimiter}"' not in sample


def _agreement(sample: str, sign: str) -> float:
    """Return which share of the rows has as many cells as the first, a little more for many."""
    lines = sample.splitlines(keepends=True)
    try:
        rows = [row for row in islice(csv.reader(lines, delimiter=sign), _ROWS) if row]
    except csv.Error:
        return 0
    if not rows or len(rows[0]) == 1:
        return 0
    widths = Counter(map(len, rows))
    return widths[len(rows[0])] / len(rows) + len(rows[0]) / 10_000
