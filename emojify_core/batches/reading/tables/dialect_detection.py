"""Find the dialect of a table: the one under which its rows have the same number of cells.

Consistency decides, as in van den Burg, Nazabal and Sutton (2019), "Wrangling messy CSV files by
detecting row and type patterns". Python's csv.Sniffer does not help: it fails on tables with one
column and on texts with many commas.
"""

import csv
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from emojify_core.batches.reading.columns.name_words import TEXT_NAMES
from emojify_core.batches.reading.layout import NO_DELIMITER
from emojify_core.batches.reading.tables.dialect import Dialect
from emojify_core.limits import MAX_COLUMNS

DELIMITERS = ",;\t|^\x01~"
_PROSE_SIGNS = ",;~"  # what sentences hold too
_ROWS = 200  # that are examined
_EXAMINED = 64 << 10  # characters, because each delimiter is tried on all of them
_ACCEPTED = 0.6  # of the rows
_NEARLY_ALL = 0.95
_QUOTED = 0.6  # of the lines
_LONGEST_ROW = 50  # lines; a longer one is a quotation mark that is never closed
_DECLARATION = "sep="  # Excel may write the delimiter on the first line


class Shape(NamedTuple):
    """How consistent the rows are under a dialect."""

    score: float
    share: float  # of the rows that have the usual number of cells
    width: int  # cells of most rows
    rows: int


def declared_delimiter(sample: str) -> tuple[str | None, int]:
    """Return the delimiter on a `sep=` line, and the length of that line in characters."""
    line = sample[: sample.find("\n") + 1]
    content = line.rstrip("\r\n").strip('"')
    if content.lower().startswith(_DECLARATION) and len(content) == len(_DECLARATION) + 1:
        return content[-1], len(line)
    return None, 0


def detect_delimiter(sample: str) -> str:
    """Return the delimiter that gives most rows as many cells.

    Return NO_DELIMITER for a table with one column: none of the usual delimiters stands in it, or
    sentences hold it, and not each as many.
    """
    lines = _examined(sample)
    scores = {
        delimiter: shape_of(lines, Dialect(delimiter, _usual_quote(lines, delimiter)))
        for delimiter in DELIMITERS
        if any(delimiter in line for line in lines)
    }
    scores = {each: shape for each, shape in scores.items() if shape.width > 1}
    if not scores:
        return NO_DELIMITER
    best = max(scores, key=lambda each: scores[each].score)  # the first of equals
    header: list[str] = next(iter(Dialect(best, _usual_quote(lines, best)).read(lines)), [])
    named = any(cell.strip().lower() in TEXT_NAMES for cell in header[:MAX_COLUMNS])
    if named and len(header) > 1:
        return best
    first = lines[0].strip().strip('"').lower() if lines else ""
    if first in TEXT_NAMES and best in _PROSE_SIGNS and scores[best].score < 1:
        return NO_DELIMITER
    return best if scores[best].score > _ACCEPTED else NO_DELIMITER


def detect_quote(sample: str, delimiter: str) -> str:
    """Return what quotation marks mean in a table with this delimiter."""
    lines = _examined(sample)
    if not any('"' in line for line in lines):
        return _usual_quote(lines, delimiter)
    if _is_strict(lines, Dialect(delimiter)):
        return "double"
    backslash = Dialect(delimiter, "backslash")
    if any('\\"' in line for line in lines) and _is_strict(lines, backslash):
        return "backslash"
    if delimiter == NO_DELIMITER:
        return "double"
    literal, lenient = (shape_of(lines, Dialect(delimiter, each)) for each in ("none", "double"))
    if literal.score >= _NEARLY_ALL and literal.rows > lenient.rows:
        return "none"
    return "double"


def merges_rows(sample: str, delimiter: str) -> bool:
    """Tell whether stray quotation marks make one row of several lines."""
    lines = _examined(sample)
    if not any('"' in line for line in lines) or _is_strict(lines, Dialect(delimiter)):
        return False
    return any("\n" in cell for row in Dialect(delimiter).read(lines) for cell in row)


def has_space_after_delimiter(sample: str, delimiter: str) -> bool:
    """Tell whether a space follows each delimiter before a quote, as in files typed by hand.

    Without that space, the rows must be as consistent: in `He said, "get out", and I left` it
    belongs to a sentence.
    """
    if f'{delimiter} "' not in sample or f'{delimiter}"' in sample:
        return False
    lines = _examined(sample)
    typed, as_is = (shape_of(lines, Dialect(delimiter, skip_space=each)) for each in (True, False))
    better = typed.share > as_is.share or typed.share == as_is.share == 1
    return better and _is_strict(lines, Dialect(delimiter, skip_space=True))


def shape_of(lines: Sequence[str], dialect: Dialect) -> Shape:
    """Return the shape of these lines as a table."""
    rows = [row for row in islice(dialect.read(lines), _ROWS) if row]
    widths = Counter(len(row) for row in rows)
    several = [(count, width) for width, count in widths.items() if width > 1]
    if not several:
        return Shape(0.0, 0.0, 1, len(rows))
    count, width = max(several)
    score = share = count / len(rows)
    if dialect.delimiter in _PROSE_SIGNS:
        score *= 1 - 0.5 * _prose(rows, width)
    return Shape(score + min(width, 50) / 10_000, share, width, len(rows))


def _prose(rows: Sequence[Sequence[str]], width: int) -> float:
    """Return the share of cells that go on after a delimiter as a sentence does: with a space."""
    later = [cell for row in rows if len(row) == width for cell in row[1:] if cell]
    return sum(cell[0] == " " for cell in later) / max(1, len(later))


def _is_strict(lines: Sequence[str], dialect: Dialect) -> bool:
    """Tell whether each quotation mark stands where the dialect allows one.

    The end of a long sample may cut the last row in two.
    """
    reader, read = dialect.read(lines, strict=True), 0
    try:
        for _ in reader:
            read = reader.line_num
    except csv.Error:
        cut = sum(map(len, lines)) > _EXAMINED // 2 and reader.line_num == len(lines)
        return cut and len(lines) - read < _LONGEST_ROW
    return True


def _usual_quote(lines: Sequence[str], delimiter: str) -> str:
    return "single" if _single_quoted(lines, delimiter) else "double"


def _single_quoted(lines: Sequence[str], delimiter: str) -> bool:
    """Tell whether most lines hold cells in single quotation marks, and none in double ones."""
    if any('"' in line for line in lines):
        return False
    quoted = sum(
        line.startswith("'") or f"{delimiter}'" in line
        for line in lines
        if f"'{delimiter}" in line or line.rstrip("\r\n").endswith("'")
    )
    if not lines or quoted < _QUOTED * (len(lines) - 1) or quoted == 0:
        return False
    single, plain = (shape_of(lines, Dialect(delimiter, each)) for each in ("single", "double"))
    return _is_strict(lines, Dialect(delimiter, "single")) and single.score >= plain.score


def _examined(sample: str) -> list[str]:
    """Return whole lines from the beginning of the sample."""
    if len(sample) > _EXAMINED:
        sample = sample[: sample.rfind("\n", 0, _EXAMINED) + 1 or _EXAMINED]
    return [line for line in sample.splitlines(keepends=True) if not line.isspace()]
