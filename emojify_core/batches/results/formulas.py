"""Cells that a spreadsheet would run get an apostrophe in front; numbers stay numbers."""

import re

# Spreadsheets run cells that start like this, also with the full-width and small signs of East
# Asian keyboards.
_SIGNS = r"=+\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b"
_FORMULA = re.compile(rf"[\t\r\n{_SIGNS}]")
# A spreadsheet may split a file at another sign than the file's delimiter: in many countries at a
# semicolon. Then quotation marks protect nothing, and what follows the sign becomes a cell.
_SPLIT = re.compile(rf"""([;|\t\r\n])("*[{_SIGNS}][^;|\t\r\n]*)""")
_SPLIT_AT_COMMA = re.compile(rf"""([,;|\t\r\n])("*[{_SIGNS}][^,;|\t\r\n]*)""")
# Numbers of many countries, infinity, degrees, a place ("-33.87, 151.2") and a lone sign: what
# consists of digits and separators alone runs nothing.
_SPACE = " \u00a0\u202f"
_NUMBER = re.compile(
    rf"[+-]?(?:(?:\d[\d.,'{_SPACE}]*|[.,]\d+)(?:[eE][+-]?\d+)?[{_SPACE}]?(?:%|°[CF]?)?"
    r"(?:, ?[+-]?\d+(?:\.\d+)?)?|inf(?:inity)?)|[+-]",
    re.IGNORECASE,
)


def escape_formula(cell: str, delimiter: str = ",") -> str:
    """Return the cell so that no spreadsheet runs it, or a part of it, as a formula.

    `delimiter` is the file's. Numbers stay numbers.
    """
    if _NUMBER.fullmatch(cell):
        return cell
    cell = (_SPLIT if delimiter == "," else _SPLIT_AT_COMMA).sub(_escape_part, cell)
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _escape_part(part: re.Match[str]) -> str:
    split, rest = part.groups()
    return part[0] if _NUMBER.fullmatch(rest) else f"{split}'{rest}"
