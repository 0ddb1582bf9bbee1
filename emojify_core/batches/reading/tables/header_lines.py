"""Find the line of the header: below a title or comments, above lines that say it again."""

from collections.abc import Sequence

from emojify_core.batches.reading.columns.cell_kinds import Kind, kind_of
from emojify_core.batches.reading.columns.name_words import has_header_words
from emojify_core.limits import MAX_COLUMNS, MAX_PREAMBLE

_COMMENTS = ("#", "//", "%", "--", ";;")
_FILLED = 0.6  # of the cells of a header hold something
_IMPORT_ID = '"ImportId"'  # Qualtrics writes it into the third line
_SURVEYMONKEY = frozenset({"response", "open-ended response", "other (please specify)"})
_TYPED = frozenset({Kind.NUMBER, Kind.FLAG, Kind.CODE})
_MOST = 0.9
_BODY = 100  # rows that are compared


def first_line_of_table(rows: Sequence[Sequence[str]], width: int) -> int:
    """Return the index of the row where the table of this width starts, after its preamble."""
    for index, row in enumerate(rows[: MAX_PREAMBLE + 1]):
        if not row or (row[0].lstrip().startswith(_COMMENTS) and _is_short(row, width)):
            continue
        if not _is_short(row, width) or _names_columns(row):
            return index
    return 0


def further_header_lines(body: Sequence[Sequence[str]]) -> int:
    """Return how many rows after the header belong to it, as Qualtrics and SurveyMonkey do."""
    for index, row in enumerate(body[:2]):
        if any(_IMPORT_ID in cell for cell in row[:MAX_COLUMNS]):
            return index + 1
    if not body:
        return 0
    second = [cell.strip() for cell in body[0][:MAX_COLUMNS]]
    return int(any(cell.lower() in _SURVEYMONKEY for cell in second) and not second[0])


def _names_columns(row: Sequence[str]) -> bool:
    """Tell whether a row is a header that is narrower than most rows."""
    return len(row) > 1 and all(map(str.strip, row)) and has_header_words(row[:MAX_COLUMNS])


def _is_short(row: Sequence[str], width: int) -> bool:
    """Tell whether a row has far fewer filled cells than the table: a title, or a blank line."""
    filled = sum(map(bool, map(str.strip, row)))
    if len(row) < width:
        return len(row) < width - 1 or filled < max(1, _FILLED * (width - 1)) or width == 2  # noqa: PLR2004
    return width > 2 and filled < max(2, _FILLED * width) and filled <= 2  # noqa: PLR2004


def may_say_it_again(header: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether the row after the header holds words where all rows below hold numbers.

    It may be a second line of the header, or a row with "unknown" in it.
    """
    second = [cell.strip() for cell in rows[0][:MAX_COLUMNS]] if rows else []
    body = rows[1:_BODY]
    if len(body) < 2:  # noqa: PLR2004 - too few to tell
        return False
    found = 0
    for index, cell in enumerate(second):
        kinds = [kind_of(row[index]) for row in body if index < len(row) and row[index].strip()]
        if not kinds or sum(kind in _TYPED for kind in kinds) < _MOST * len(kinds):
            continue
        if not cell or kind_of(cell) in _TYPED or index >= len(header):
            return False
        found += kind_of(cell) in {Kind.TEXT, Kind.NAME}
    return found > 0
