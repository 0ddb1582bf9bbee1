"""The layout of a file of texts: detected once, then stored with the batch."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final, Self

LINE_COLUMN: Final = "text"  # the name of the only column of a plain text file
NO_DELIMITER: Final = "\x1f"  # for tables with one column, where a comma is part of the text


class FileFormat(StrEnum):
    """The supported file formats."""

    CSV = "csv"  # any table: TSV and semicolons too
    JSONL = "jsonl"  # an object or a string on each line
    TEXT = "text"  # a text on each line


@dataclass(frozen=True, slots=True)
class Layout:
    """How to read a stored file, which is always UTF-8."""

    format: FileFormat
    column: str  # that holds the texts
    columns: tuple[str, ...]  # of a table; for JSON Lines, those in the sample
    start: int  # byte where the first row starts
    encoding: str  # of the uploaded file
    delimiter: str = ","
    skip_space: bool = False  # spaces after a delimiter are not part of the cell
    header: bool = False  # whether the first row names the columns

    def to_json(self) -> dict[str, Any]:
        """Return the JSON that is stored with the batch."""
        return asdict(self) | {"columns": list(self.columns)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        return cls(
            **stored | {"format": FileFormat(stored["format"]), "columns": tuple(stored["columns"])}  # type: ignore[operator]
        )


@dataclass(frozen=True, slots=True)
class LayoutOptions:
    """What a client may set about its file; None means: detect it."""

    name: str = ""  # of the file; its extension sets the format
    content_type: str = ""
    format: str | None = None  # csv, tsv, jsonl, text
    column: str | None = None  # with the texts: its name, or its number from 1
    encoding: str | None = None  # as Python calls it
    delimiter: str | None = None  # one character, or "tab"
    header: bool | None = None  # whether the first row names the columns
    quote: str | None = None  # double, single, backslash or none
    skip_lines: int | None = None  # lines before the header
    sheet: str | None = None  # of a workbook: its name, or its number from 1
    guess: bool = True  # take the guess where the reading is unsure
