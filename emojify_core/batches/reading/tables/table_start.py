"""Find where the rows of a table start: after a preamble, and after a header if it has one."""

from dataclasses import dataclass

from emojify_core.batches.reading.layout import LINE_COLUMN, LayoutOptions
from emojify_core.batches.reading.report import Doubt
from emojify_core.batches.reading.tables.header_detection import header_evidence, is_sure
from emojify_core.batches.reading.tables.header_lines import (
    first_line_of_table,
    further_header_lines,
    may_say_it_again,
)
from emojify_core.limits import MAX_COLUMNS


@dataclass(frozen=True, slots=True)
class TableStart:
    """Where the rows of a table start, and what names its columns."""

    header: bool
    cells: list[str]  # one for each column
    first_row: int  # index of the first row of data
    skipped: int  # rows before the header
    lines: int  # of the header
    doubts: tuple[Doubt, ...] = ()


def find_start(rows: list[list[str]], options: LayoutOptions) -> TableStart:
    """Return where the header and the first row of data stand among these rows."""
    width = _usual_width(rows)
    skipped = first_line_of_table(rows, width) if options.skip_lines is None else 0
    first, body = rows[skipped], rows[skipped + 1 :]
    evidence = header_evidence(first, body)
    header = evidence > 0
    doubts: tuple[Doubt, ...] = ()
    named = options.column is not None and not options.column.isdecimal()
    if named and options.column in {cell.strip() for cell in first}:
        header = True
    elif options.header is not None:
        header = options.header
    elif not is_sure(evidence):
        doubts = (_header_doubt(first),)
    if not header:
        cells = _column_numbers(max(len(first), min(width, MAX_COLUMNS + 1)))
        return TableStart(False, cells, skipped, skipped, 0, doubts)  # noqa: FBT003
    more = further_header_lines(body)
    if not more and options.header is None and may_say_it_again(first, body):
        more, doubts = 1, (*doubts, _second_line_doubt(body[0]))
    cells = list(first)
    if len(first) == width - 1 and _has_row_names(body, width):
        cells = ["", *first]
    return TableStart(True, cells, skipped + 1 + more, skipped, 1 + more, doubts)  # noqa: FBT003


def _usual_width(rows: list[list[str]]) -> int:
    """Return the number of cells of most rows; of equals, the larger one."""
    counts: dict[int, int] = {}
    for row in rows:
        counts[len(row)] = counts.get(len(row), 0) + 1
    return max(counts, key=lambda width: (counts[width], width))


def _has_row_names(body: list[list[str]], width: int) -> bool:
    """Tell whether R wrote row names, which its header does not name."""
    names = [row[0] for row in body if len(row) == width]
    prose = any(row[-1].startswith(" ") for row in body if len(row) == width)
    return bool(names) and len(names) == len(body) and len(set(names)) == len(names) and not prose


def _header_doubt(first: list[str]) -> Doubt:
    shown = ", ".join(repr(cell[:40]) for cell in first[:3])
    return Doubt(
        "header",
        f"The first row ({shown}) may be a header or data. Set header=true or header=false.",
    )


def _second_line_doubt(second: list[str]) -> Doubt:
    shown = ", ".join(repr(cell[:40]) for cell in second[:3])
    return Doubt(
        "header",
        f"The row after the header ({shown}) may belong to it. Set header=true if it is data, or "
        "guess=true to leave it out.",
    )


def _column_numbers(width: int) -> list[str]:
    return [LINE_COLUMN] if width == 1 else [f"column_{number}" for number in range(1, width + 1)]
