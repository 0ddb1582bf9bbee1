"""Parse a line of JSON Lines so that whoever reads or writes it again can do so."""

import json
from math import isfinite
from typing import Any, NoReturn

from emojify_core.limits import MAX_ROW_NESTING


def parse_json_line(line: str) -> Any:
    """Return what a line holds. Raises ValueError when it is not JSON or nests too deep.

    How deep Python's json can go depends on its caller. So there is a limit far below: what a
    worker has read, the web can write.
    """
    try:
        found = json.loads(line, parse_constant=_refuse_constant, parse_float=_parse_number)
    except RecursionError as e:
        raise ValueError("the line nests too deep") from e
    if line.count("[") + line.count("{") > MAX_ROW_NESTING and _nests_too_deep(found):
        raise ValueError("the line nests too deep")
    return found


def _refuse_constant(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not valid JSON")


def _parse_number(digits: str) -> float | str:
    """Parse a number; keep one that is too large for a float (1e999) as text."""
    value = float(digits)
    return value if isfinite(value) else digits


def _nests_too_deep(found: Any) -> bool:
    level = [found]
    for _ in range(MAX_ROW_NESTING):
        contents = [each.values() if isinstance(each, dict) else each for each in level]
        level = [each for values in contents for each in values if isinstance(each, dict | list)]
        if not level:
            return False
    return True
