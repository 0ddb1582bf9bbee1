"""A dialect of tables: what separates cells, and what quotation marks mean."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from emojify_core.batches.reading.layout import NO_DELIMITER
from emojify_core.errors import BatchFileError
from emojify_core.limits import MAX_CELL

if TYPE_CHECKING:
    from _csv import Reader

_NAMES = {
    "tab": "\t",
    "comma": ",",
    "semicolon": ";",
    "pipe": "|",
    "caret": "^",
    "\\t": "\t",
    "\\x01": "\x01",
    "none": NO_DELIMITER,
}
_QUOTING: dict[str, dict[str, Any]] = {
    "double": {"quotechar": '"'},
    "single": {"quotechar": "'"},
    "backslash": {"quotechar": '"', "escapechar": "\\"},
    "none": {"quoting": csv.QUOTE_NONE},
}


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the rows of a table are written."""

    delimiter: str = ","
    quote: str = "double"  # one of report.QUOTES
    skip_space: bool = False  # spaces after a delimiter are not part of the cell

    @property
    def is_plain(self) -> bool:
        """Whether a file may stay as it is: only quotation marks that are doubled in a cell."""
        return self.quote == "double"

    def read(self, lines: Iterable[str], *, strict: bool = False) -> "Reader":
        """Return a reader of the rows; a blank line has none. It raises csv.Error if `strict`."""
        csv.field_size_limit(MAX_CELL)  # by default csv raises an error for cells above 128 KB
        return csv.reader(
            lines,
            delimiter=self.delimiter,
            skipinitialspace=self.skip_space,
            strict=strict,
            **_QUOTING[self.quote],
        )


def parse_delimiter(name: str) -> str:
    """Return the delimiter that a client chose. Raises BatchFileError when it is not valid."""
    delimiter = _NAMES.get(name.lower(), name)
    if len(delimiter) != 1 or delimiter in '"\r\n\0' or not delimiter.isascii():
        raise BatchFileError(
            "The delimiter must be one character, such as , or ; or the word tab.", "delimiter"
        )
    return delimiter


def parse_quote(name: str) -> str:
    """Return the quoting that a client chose. Raises BatchFileError when it is not valid."""
    quote = {'"': "double", "'": "single", "\\": "backslash", "": "none"}.get(name, name.lower())
    if quote not in _QUOTING:
        raise BatchFileError(f"Choose one of these quotings: {', '.join(_QUOTING)}.", "quote")
    return quote
