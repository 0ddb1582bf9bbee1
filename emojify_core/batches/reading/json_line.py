"""Parse a line of JSON Lines so that whoever reads or writes it again can do so."""

import json
import re
from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any

from emojify_core.limits import MAX_ROW_NESTING

# What may stand for a number that is none, or for one that is too large for a float.
_UNREADABLE = re.compile(r"NaN|Infinity|[eE]\+?\d{3}|\d{300}")
_PART = re.compile(r'"(?:[^"\\]|\\.)*"|-?Infinity|NaN|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?')


def parse_json_line(line: str) -> Any:
    """Return what a line holds. Raises ValueError when it is not JSON or nests too deep.

    How deep Python's json can go depends on its caller. So there is a limit far below: what a
    worker has read, the web can write.
    """
    try:
        found = json.loads(line, parse_constant=_without_value, parse_float=_parse_number)
    except RecursionError as e:
        raise ValueError("the line nests too deep") from e
    if line.count("[") + line.count("{") > MAX_ROW_NESTING and _nests_too_deep(found):
        raise ValueError("the line nests too deep")
    return found


def readable_source(line: str) -> str:
    """Return a line that was parsed as other programs can read it: NaN as null, 1e999 as text.

    Everything else stays as it was written, to the last digit.
    """
    line = line.strip()
    if not _UNREADABLE.search(line):
        return line
    return _PART.sub(_readable, line)


def _readable(part: re.Match[str]) -> str:
    found = part[0]
    if found[0] == '"':
        return found
    if found[-1] in "Ny":
        return "null"
    return found if isfinite(float(found)) else f'"{found}"'


def find_nested(found: Mapping[str, Any], name: str) -> Any:
    """Return the value of a name; where no such name is, follow its parts: `data.text`."""
    if name in found or "." not in name:
        return found.get(name)
    value: Any = found
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def flatten(found: Mapping[str, Any], depth: int = 3) -> Iterator[tuple[str, Any]]:
    """Yield names and values; the names of inner objects follow a full stop: `data.text`."""
    for name, value in found.items():
        yield name, value
        if depth and isinstance(value, dict):
            for inner, held in flatten(value, depth - 1):
                yield f"{name}.{inner}", held


def _without_value(_: str) -> None:
    """Read NaN and Infinity, which Python and JavaScript libraries write, as null."""


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
