"""Tell whether the first row of a table names its columns: by types, lengths and repetition."""

import re
from collections.abc import Sequence
from statistics import fmean

from emojify_core.batches.reading.columns.cell_kinds import Kind, count_words, kind_of
from emojify_core.batches.reading.columns.name_words import has_header_words
from emojify_core.limits import MAX_COLUMNS, MAX_HEADER_CELL, READING_SAMPLE

_TYPED = frozenset({Kind.NUMBER, Kind.ADDRESS, Kind.FLAG, Kind.CODE, Kind.JSON})
_MOST = 0.8  # of the cells of a column
_YEAR = re.compile(r"(19|20)\d\d")
_KNOWN, _TYPE, _LENGTH, _REPEATED = 2.0, 1.0, 0.7, -1.5
_SURE = 1.0  # evidence from which no question is asked
_SHORTER = 0.5  # than the cells below, on average
_LONG_NAME = 4  # words from which a first cell may be a text
_COLUMNS = 60  # that are judged


def header_evidence(first: Sequence[str], body: Sequence[Sequence[str]]) -> float:
    """Return how much speaks for a header (positive) or against it (negative)."""
    cells = first[:MAX_COLUMNS]
    if any(len(cell) > MAX_HEADER_CELL for cell in cells) or not any(map(str.strip, cells)):
        return -_KNOWN
    evidence = _KNOWN if has_header_words(cells) else 0.0
    for index, cell in enumerate(cells[:_COLUMNS]):
        below = [row[index].strip() for row in body[:READING_SAMPLE] if index < len(row)]
        evidence += _column_evidence(cell.strip(), [value for value in below if value])
    return evidence


def is_header(first: Sequence[str], body: Sequence[Sequence[str]]) -> bool:
    """Tell whether the first row names the columns rather than being data."""
    return header_evidence(first, body) > 0


def is_sure(evidence: float) -> bool:
    """Tell whether the evidence needs no question."""
    return abs(evidence) >= _SURE


def _column_evidence(cell: str, below: Sequence[str]) -> float:
    if not (cell and below):
        return 0.0
    kinds = [kind_of(value) for value in below]
    typed = sum(kind in _TYPED for kind in kinds) / len(kinds)
    own = kind_of(cell)
    if own is Kind.NUMBER:
        if _YEAR.fullmatch(cell) and not all(map(_YEAR.fullmatch, below)):
            return 0.0
        return -_KNOWN
    if cell in below and len(below) > 1:
        return _REPEATED
    if typed >= _MOST:
        return _typed_evidence(own, cell)
    return _text_evidence(cell, below)


def _typed_evidence(own: Kind, cell: str) -> float:
    """Compare kinds: words above numbers are a name, and an id above ids is another id."""
    if own in {Kind.ADDRESS, Kind.JSON, Kind.FLAG, Kind.MISSING}:
        return -_TYPE
    if own is Kind.CODE:
        return -_LENGTH if any(map(str.isdecimal, cell)) else _TYPE
    return _KNOWN if count_words(cell) < _LONG_NAME else _TYPE


def _text_evidence(cell: str, below: Sequence[str]) -> float:
    """Compare lengths: a name has few words, or is a question that the cells answer."""
    words, usual = count_words(cell), fmean(map(count_words, below))
    if cell.endswith((":", "?")) and not any(value.endswith(cell[-1]) for value in below):
        return _LENGTH
    if words <= _SHORTER * usual and not cell.endswith((".", "!")):
        return _SURE if words <= usual / 3 else _LENGTH
    if words >= _LONG_NAME and usual >= _LONG_NAME:
        return -_LENGTH if len(below) > 1 or cell.endswith((".", "!")) else 0.0
    return -0.2 if words > 1 else 0.1
