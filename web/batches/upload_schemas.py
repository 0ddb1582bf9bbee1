"""Request and response schemas of uploads: the file, how to read it, how it was read."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from emojify_core.limits import (
    MAX_COLUMNS,
    MAX_CONTAINER,
    MAX_FILE,
    MAX_HEADER_CELL,
    MAX_LINE,
    MAX_NAME,
    MAX_NAMES,
    MAX_ROW_NESTING,
    MAX_ROWS,
    MAX_SKIP_LINES,
)
from web.corrections.schemas import WITHOUT_NUL, StorableText

LONGEST_NAME = 255  # characters
UPLOADED: dict[str, Any] = {"type": "string", "format": "binary"}
MEDIA_TYPES = (
    *("application/octet-stream", "text/csv", "text/tab-separated-values", "text/plain"),
    *("application/x-ndjson", "application/gzip"),
)
# What the page's form offers, by option.
CHOICES = {
    "format": ("csv", "tsv", "jsonl", "text"),
    "header": ("true", "false"),
    "quote": ("double", "single", "backslash", "none"),
}
# The media type is only a hint; the content decides.
BODY: dict[str, Any] = {
    "required": True,
    "description": f"The file, of at most {MAX_FILE >> 20:,} MB: CSV or TSV of any dialect, JSON "
    "Lines, a JSON list, plain text with a text on each line, an exported chat, or gzip of these. "
    f"It may have {MAX_ROWS:,} rows of {MAX_LINE >> 10:,} KB and {MAX_COLUMNS} columns. A workbook "
    f"(.xlsx, .xls, .ods) or a zip file with one table may have {MAX_CONTAINER >> 20} MB. A name "
    f"in a JSON object may have {MAX_NAME} characters, a header cell {MAX_HEADER_CELL:,}, all "
    f"names together {MAX_NAMES:,}. On a line of JSON, {MAX_ROW_NESTING} lists and objects may "
    "stand in one another. A form may also hold the options. They must come before the file, "
    "which the server reads as it arrives.",
    "content": {
        **{media_type: {"schema": UPLOADED} for media_type in MEDIA_TYPES},
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "properties": {"file": UPLOADED},
                "required": ["file"],
            }
        },
    },
}


class UploadQuery(BaseModel):
    """How to read the file; in the URL or as form fields. What is left out is detected.

    An unknown name is an error, because a mistyped option would otherwise be detected instead.
    """

    model_config = ConfigDict(extra="forbid")

    name: StorableText = Field(
        default="",
        description="The file's name.",
        max_length=LONGEST_NAME,
        json_schema_extra=WITHOUT_NUL,
    )
    column: str | None = Field(
        default=None,
        description="The column with the texts: its name, or its number from 1.",
        max_length=1000,
    )
    format: Literal["csv", "tsv", "jsonl", "text"] | None = Field(
        default=None, description="`csv`, `tsv`, `jsonl` or `text`."
    )
    encoding: str | None = Field(
        default=None,
        description="Such as `utf-8` or `cp1252`; those that files have are supported.",
        max_length=50,
    )
    delimiter: str | None = Field(
        default=None, description="Between cells: one character, or `tab`.", max_length=9
    )
    header: bool | None = Field(
        default=None, description="Whether the first row names the columns."
    )
    quote: Literal["double", "single", "backslash", "none"] | None = Field(
        default=None,
        description="What quotes cells: `double` or `single` quotation marks, `backslash` (double "
        "ones, with a backslash before those in a cell), or `none`: they belong to the texts.",
    )
    skip_lines: int | None = Field(
        default=None, ge=0, le=MAX_SKIP_LINES, description="The lines before the header."
    )
    sheet: str | None = Field(
        default=None,
        description="Of a workbook: its name, or its number from 1.",
        max_length=100,
    )
    guess: bool = Field(
        default=False,
        description="Take the guess where the reading is unsure; otherwise the answer is `422`.",
    )
    preview: bool = Field(
        default=False,
        description="Answer how the file would be read, and store nothing. The beginning of a text "
        "file is enough.",
    )


class ColumnCandidate(BaseModel):
    """A column that may hold the texts."""

    column: str
    number: int = Field(description="From 1.")
    score: float
    reason: str
    samples: list[str] = Field(description="Three of its cells, at most.")


class ReadingDoubt(BaseModel):
    """Something that was guessed and may be wrong."""

    option: str = Field(description="The option that settles it.")
    sentence: str


class OddRow(BaseModel):
    """A row that does not look like the others."""

    row: int = Field(description="From 1, the header not counted.")
    reason: str


class ReadingAnswer(BaseModel):
    """How a file is read. Each member can be set by the option of its name."""

    format: str = Field(examples=["csv"])
    encoding: str = Field(examples=["utf-8"])
    delimiter: str | None
    quote: str | None
    skip_lines: int
    header: bool | None
    header_lines: int
    column: str
    candidates: list[ColumnCandidate]
    sheet: str | None
    sheets: list[str]
    odd_rows: list[OddRow]
    rows_examined: int
    notes: list[str]
    doubts: list[ReadingDoubt]
    sure: bool = Field(description="Whether there are no doubts.")
