"""Request and response schemas of batches."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from emojify_core.limits import (
    MAX_COLUMNS,
    MAX_FILE,
    MAX_HEADER_CELL,
    MAX_LINE,
    MAX_NAME,
    MAX_NAMES,
    MAX_ROW_NESTING,
    MAX_ROWS,
)
from emojify_core.messages import State
from web.corrections.schemas import WITHOUT_NUL, StorableText
from web.http.schemas import FileOfRows
from web.predictions.schemas import PredictionError

LONGEST_NAME = 255  # characters
UPLOADED: dict[str, Any] = {"type": "string", "format": "binary"}
MEDIA_TYPES = (
    *("application/octet-stream", "text/csv", "text/tab-separated-values", "text/plain"),
    *("application/x-ndjson", "application/gzip"),
)
# The media type is only a hint; the content decides.
BODY: dict[str, Any] = {
    "required": True,
    "description": f"The file, of at most {MAX_FILE >> 20:,} MB: CSV or TSV of any dialect, JSON "
    "Lines, plain text with a text on each line, or gzip of these. It may have "
    f"{MAX_ROWS:,} rows of {MAX_LINE >> 10:,} KB and {MAX_COLUMNS} columns. A name in a JSON "
    f"object may have {MAX_NAME} characters, a header cell {MAX_HEADER_CELL:,}, all names together "
    f"{MAX_NAMES:,}. On a line of JSON, {MAX_ROW_NESTING} lists and objects may stand in one "
    "another. A form may also hold the "
    "options. They must come before the file, which the server reads as it arrives.",
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


class BatchLinks(BaseModel):
    """Related URLs; `results` and `summary` once the batch has succeeded."""

    self: str
    page: str = Field(description="The HTML page.")
    results: str | None = None
    summary: str | None = None


class BatchAnswer(BaseModel):
    """A batch and its progress."""

    id: str
    state: State
    name: str = Field(description="The file's name.")
    format: str = Field(description="The format that was detected or given.", examples=["csv"])
    encoding: str = Field(examples=["utf-8"])
    column: str = Field(description="The column with the texts.")
    rows: int = Field(description="The rows known so far.")
    rows_known: bool = Field(description="Whether `rows` is final.")
    done: int = Field(description="Rows with a result or an error of their own.")
    failed: int = Field(description="Rows with an error of their own.")
    rate: float | None = Field(description="Rows a second.")
    eta_seconds: float | None = Field(description="The remaining time at this rate.")
    model_version: int = Field(description="The version that predicts all rows.")
    error: PredictionError | None = Field(description="Why the batch failed.")
    created_at: datetime
    finished_at: datetime | None
    expires_at: datetime | None = Field(description="When its files are deleted.")
    client: str | None = Field(
        default=None, description="Who sent it; only the administrator sees this."
    )
    links: BatchLinks


class BatchPage(BaseModel):
    """Batches, newest first; `links.next` leads to older ones."""

    batches: list[BatchAnswer]
    links: dict[str, str]


class LeastCertain(BaseModel):
    """A row with a low confidence."""

    row: int = Field(description="From 1, the header not counted.")
    text: str = Field(description="Its first characters.")
    label: str
    emoji: str
    confidence: float = Field(ge=0, le=1)


class BatchSummary(BaseModel):
    """A batch's results as counts, and its least certain rows."""

    rows: int
    failed: int
    counts: dict[str, int] = Field(description="Rows by label, as in the results.")
    clear: dict[str, int] = Field(
        description="Likewise, without the rows that have no clear emotion."
    )
    none: int = Field(description="Rows that have no clear emotion.")
    unsure: int = Field(
        description="Rows for which the model is not confident, those of `none` included."
    )
    errors: dict[str, int] = Field(description="Failed rows by the error's code.")
    least_certain: list[LeastCertain]


class ResultsQuery(BaseModel):
    """How to write the results."""

    format: Literal["csv", "jsonl"] = Field(default="csv", description="`csv` or `jsonl`.")


class BatchResults(FileOfRows):
    """Every row in the file's order: its own columns, then the model's result."""
