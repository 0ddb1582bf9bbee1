"""The process that reads one sheet of a workbook: `python -m ... SHEET`, workbook in, CSV out.

It is a process of its own, because a workbook can name cells that take all memory of a machine.
Nothing of a workbook is run or fetched: calamine reads the values that are stored, no formulas,
no links and no macros.
"""

import json
import os
import sys
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any

from emojify_core.batches.reading.disk_room import FULL
from emojify_core.batches.reading.tables.normalizing import write_rows
from emojify_core.limits import (
    MAX_COLUMNS,
    MAX_SHEET,
    MAX_SHEET_NAME,
    MAX_SHEETS,
    WORKBOOK_MEMORY,
    WORKBOOK_SECONDS,
)

DISK_IS_FULL = 28  # the exit status, after ENOSPC


def main() -> int:
    """Write a line of JSON about the sheets, then the chosen sheet; or a line with an error."""
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    _limit()
    try:
        _convert(sys.stdin.buffer.read(), wanted)
    except OSError as e:
        if e.errno in FULL:
            # Python would flush the rest at its end, fail again and set a status of its own.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return DISK_IS_FULL
        _say({"error": "OSError"})
        return 1
    except BaseException as e:  # noqa: BLE001 - calamine's panics are no Exceptions
        _say({"error": type(e).__name__})
        return 1
    return 0


def _convert(workbook: bytes, wanted: str) -> None:
    from python_calamine import CalamineWorkbook  # noqa: PLC0415 - after the limits are set

    book = CalamineWorkbook.from_filelike(BytesIO(workbook))
    names = book.sheet_names[:MAX_SHEETS]
    if any(len(name) > MAX_SHEET_NAME for name in names):
        raise ValueError("a sheet's name is too long to be told")
    shown = {each.name for each in book.sheets_metadata if str(each.visible).endswith(".Visible")}
    sheets = {name: book.get_sheet_by_name(name) for name in names}
    filled = {name: sheet for name, sheet in sheets.items() if sheet.height > 0}
    visible = [name for name in filled if name in shown]
    if wanted:
        chosen = _select(wanted, names)
    else:
        chosen = max(visible or names, key=lambda name: sheets[name].height * sheets[name].width)
    if chosen not in sheets:
        _say({"sheets": names, "unknown": wanted})
        return
    sheet = sheets[chosen]
    if sheet.width > MAX_COLUMNS:
        _say({"sheets": names, "wide": sheet.width})
        return
    _say({"sheets": names, "sheet": chosen, "several": len(visible) > 1 and not wanted})
    out = sys.stdout.buffer
    for block in write_rows([_cell(value) for value in row] for row in sheet.iter_rows()):
        out.write(block)
    out.flush()


def _select(wanted: str, names: list[str]) -> str:
    if wanted in names:
        return wanted
    if wanted.isdecimal() and 1 <= int(wanted[:9]) <= len(names):
        return names[int(wanted) - 1]
    return ""


def _cell(value: Any) -> str:
    """Return a cell as CSV holds it: whole numbers without a point, dates as ISO 8601 has them."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)  # noqa: PLR2004
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value).replace("\0", "") if not isinstance(value, timedelta) else str(value)


def _limit() -> None:
    """Bound the memory and the time of this process, where the system can."""
    with suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415 - not on Windows

        resource.setrlimit(resource.RLIMIT_AS, (WORKBOOK_MEMORY, WORKBOOK_MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (WORKBOOK_SECONDS, WORKBOOK_SECONDS))
        resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_SHEET, MAX_SHEET))


def _say(about: dict[str, Any]) -> None:
    sys.stdout.buffer.write(json.dumps(about).encode() + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main())
