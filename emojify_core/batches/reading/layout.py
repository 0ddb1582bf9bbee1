"""How a file of texts is to be read: found out once, then kept with the batch."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final, Self

LINE_COLUMN: Final = "text"  # what the only column of a plain text file is called
NO_DELIMITER: Final = "\x1f"  # for tables of one column: a comma is then part of the text


class Format(StrEnum):
    """The kinds of files."""

    CSV = "csv"  # any table of cells: TSV and semicolons too
    JSONL = "jsonl"  # an object or a string on each line
    TEXT = "text"  # a text on each line


@dataclass(frozen=True, slots=True)
class Layout:
    """What it takes to read a stored file, which is UTF-8 whatever it came as."""

    format: Format
    column: str  # the one with the texts
    columns: tuple[str, ...]  # of a table; of JSON Lines, those seen in the sample
    start: int  # byte at which the first row begins
    encoding: str  # of the file as it came
    delimiter: str = ","
    skip_space: bool = False  # blanks after a delimiter are not part of the cell
    header: bool = False  # whether the file itself names its columns

    def to_json(self) -> dict[str, Any]:
        """As it is kept."""
        return asdict(self) | {"columns": list(self.columns)}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        return cls(
            **kept | {"format": Format(kept["format"]), "columns": tuple(kept["columns"])}  # type: ignore[operator]
        )


@dataclass(frozen=True, slots=True)
class Options:
    """What a client may say about its file; None is found out."""

    name: str = ""  # of the file; its ending tells the format
    content_type: str = ""
    format: str | None = None  # csv, tsv, jsonl, text
    column: str | None = None  # the name of the column with the texts, or its number from 1
    encoding: str | None = None  # as Python calls it
    delimiter: str | None = None  # one character, or "tab"
    header: bool | None = None  # whether the first row names the columns
