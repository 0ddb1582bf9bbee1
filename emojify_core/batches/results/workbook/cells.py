"""Cells of a sheet, as XML (ECMA-376, part 1, 18.3.1.4). A string is never read as a formula."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from emojify_core.batches.results.table import as_text
from emojify_core.limits import MAX_SHEET_CELL

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0d\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")  # what Excel would read as such a character
# A number that stays the same if Excel reads it: no leading zeros, and not more digits than a
# float holds.
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?")
_DIGITS = 15


def row(number: int, values: Sequence[Any], style: int = 0) -> str:
    """Return a row; `number` counts from 1. A value of None leaves its cell empty."""
    form = f' s="{style}"' if style else ""
    cells = (
        _cell(f"{name}{number}", value, form)
        for name, value in zip(column_names(len(values)), values, strict=True)
        if value is not None and value != ""
    )
    return f'<row r="{number}">{"".join(cells)}</row>'


@cache
def column_names(count: int) -> tuple[str, ...]:
    """Return A, B ... Z, AA ..."""
    names: list[str] = []
    for number in range(1, count + 1):
        name = ""
        while number:
            number, letter = divmod(number - 1, 26)  # noqa: PLW2901
            name = chr(ord("A") + letter) + name
        names.append(name)
    return tuple(names)


def _cell(place: str, value: Any, form: str) -> str:
    if isinstance(value, bool):
        return f'<c r="{place}"{form} t="b"><v>{value:d}</v></c>'
    if isinstance(value, float | int) and len(str(value)) <= _DIGITS + 2:
        return f'<c r="{place}"{form}><v>{value}</v></c>'
    text = as_text(value)
    if is_number(text):
        return f'<c r="{place}"{form}><v>{text}</v></c>'
    held = f'<is><t xml:space="preserve">{_text(text)}</t></is>'
    return f'<c r="{place}"{form} t="inlineStr">{held}</c>'


def is_number(text: str) -> bool:
    """Tell whether Excel may hold a cell as a number without changing it."""
    return len(text) <= _DIGITS + 2 and bool(_NUMBER.fullmatch(text))


def _text(text: str) -> str:
    text = text[:MAX_SHEET_CELL]
    if "_x" in text:
        text = _ESCAPED.sub("_x005F_", text)
    if _ILLEGAL.search(text):
        text = _ILLEGAL.sub(_escape, text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"_x{code:04X}_" if code < 0x20 else "\ufffd"  # noqa: PLR2004 - control characters
