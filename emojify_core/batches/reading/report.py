"""The reading of a file: how the reader understands it, and where it is unsure."""

from dataclasses import asdict, dataclass
from typing import Any

from emojify_core.errors import BatchFileError

QUOTES = ("double", "single", "backslash", "none")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A column that may hold the texts."""

    column: str
    number: int  # from 1
    score: float
    reason: str
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something that was guessed and may be wrong; `option` settles it."""

    option: str
    sentence: str


@dataclass(frozen=True, slots=True)
class OddRow:
    """A row that does not look like the others."""

    row: int  # from 1, the header not counted
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How a file is read. Everything in it can be set by the option of the same name."""

    format: str  # csv, jsonl, text, xlsx ...
    encoding: str
    column: str
    candidates: tuple[Candidate, ...] = ()
    delimiter: str | None = None
    quote: str | None = None  # one of QUOTES
    skip_lines: int = 0  # before the header
    header: bool | None = None
    header_lines: int = 1  # further ones say the same in other words
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    odd_rows: tuple[OddRow, ...] = ()
    rows_examined: int = 0
    notes: tuple[str, ...] = ()  # guesses that are told but need no decision
    doubts: tuple[Doubt, ...] = ()

    @property
    def sure(self) -> bool:
        """Whether nothing is left that a person should decide."""
        return not self.doubts

    def to_json(self) -> dict[str, Any]:
        """Return the reading as the API shows it."""
        return {**asdict(self), "sure": self.sure}


class UnsureReadingError(BatchFileError):
    """A file can be read in several ways; `reading` holds the guess and the candidates."""

    code = "unsure_reading"

    def __init__(self, reading: Reading) -> None:
        sentences = [doubt.sentence for doubt in reading.doubts]
        super().__init__(
            " ".join([*sentences, "Or set guess=true to take the guess."]), reading.doubts[0].option
        )
        self.reading = reading
