"""The shapes of batches, in requests and answers."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from emojify_core.batches.limits import MAX_FILE
from emojify_core.messages import State
from web.corrections.schemas import WITHOUT_NUL, storable
from web.http.schemas import FileOfRows
from web.predictions.schemas import PredictionError

LONGEST_NAME = 255  # characters
UPLOADED: dict[str, Any] = {"type": "string", "format": "binary"}
MEDIA_TYPES = (
    *("application/octet-stream", "text/csv", "text/tab-separated-values", "text/plain"),
    *("application/x-ndjson", "application/gzip"),
)
# What a file may be sent as; the type is a hint, its content decides.
BODY: dict[str, Any] = {
    "required": True,
    "description": f"The file, of at most {MAX_FILE >> 20:,} MB: CSV or TSV of any dialect, JSON "
    "Lines, plain text with a text on each line, or gzip of these. A form may hold the options "
    "as well; they must stand before the file in it, as the file is read while it comes.",
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
    """How to read the file, as far as it does not tell itself; fields of a form, likewise.

    A name that is none of these is refused: a mistyped option would be guessed instead.
    """

    model_config = ConfigDict(extra="forbid")

    name: str = Field(
        default="",
        description="What the file is called.",
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
        default=None, description="Such as `utf-8` or `cp1252`.", max_length=50
    )
    delimiter: str | None = Field(
        default=None, description="Between cells: one character, or `tab`.", max_length=9
    )
    header: bool | None = Field(
        default=None, description="Whether the first row names the columns."
    )

    _storable = field_validator("name")(storable)


class BatchLinks(BaseModel):
    """Where to go next; `results` and `summary` once it has succeeded."""

    self: str
    page: str = Field(description="For people.")
    results: str | None = None
    summary: str | None = None


class BatchAnswer(BaseModel):
    """A batch and how far it is."""

    id: str
    state: State
    name: str = Field(description="Of the file.")
    format: str = Field(description="As it was read.", examples=["csv"])
    encoding: str = Field(examples=["utf-8"])
    column: str = Field(description="The one with the texts.")
    rows: int = Field(description="Those known so far.")
    rows_known: bool = Field(description="Whether `rows` will not grow any more.")
    done: int = Field(description="Rows answered, those with an error of their own among them.")
    failed: int = Field(description="Rows with an error of their own.")
    rate: float | None = Field(description="Rows a second.")
    eta_seconds: float | None = Field(description="How long it will take at this rate.")
    model_version: int = Field(description="The one that answers all of it.")
    error: PredictionError | None = Field(description="Why it failed.")
    created_at: datetime
    finished_at: datetime | None
    expires_at: datetime | None = Field(description="When its files will be deleted.")
    links: BatchLinks


class BatchPage(BaseModel):
    """Batches, newest first; `links.next` leads to older ones."""

    batches: list[BatchAnswer]
    links: dict[str, str]


class BatchListQuery(BaseModel):
    """Which batches to list."""

    before: int | None = Field(
        default=None,
        ge=0,
        lt=10**18,
        description="Only older ones: take it from `links.next`.",
    )


class LeastCertain(BaseModel):
    """A row of which the model is not certain."""

    row: int = Field(description="From 1, without a header.")
    text: str = Field(description="Its beginning.")
    label: str
    emoji: str
    confidence: float = Field(ge=0, le=1)


class BatchSummary(BaseModel):
    """What is in a batch, for looking rather than reading."""

    rows: int
    failed: int
    counts: dict[str, int] = Field(description="Rows by label.")
    unsure: int = Field(description="Rows whose answer the model does not stand for.")
    errors: dict[str, int] = Field(description="Failed rows by the error's code.")
    least_certain: list[LeastCertain]


class ResultsQuery(BaseModel):
    """How to write the results."""

    format: Literal["csv", "jsonl"] = Field(default="csv", description="`csv` or `jsonl`.")


class BatchResults(FileOfRows):
    """Every row of the file in its order: its own columns, then what the model says."""
