"""Request and response schemas of batches."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from emojify_core.limits import MAX_SHEET_CELL, MAX_SHEET_ROWS
from emojify_core.messages import State
from web.http.schemas import FileOfRows
from web.predictions.schemas import PredictionError


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
    least_certain: list[LeastCertain] = Field(
        description="The first of them for each answer: a text that repeats is listed once."
    )
    reading: dict[str, Any] | None = Field(
        default=None, description="How the file was read, as in a preview."
    )


class ResultsQuery(BaseModel):
    """How to write the results."""

    format: Literal["csv", "csv-excel", "csv-exact", "xlsx", "jsonl"] = Field(
        default="csv",
        description="`csv` has an apostrophe before cells that a spreadsheet would run. "
        "`csv-excel` has a byte order mark as well, the file's line ends, and decimal commas where "
        "semicolons separate the cells. `csv-exact` has every cell as it was sent, and is not safe "
        "to open in a spreadsheet. `xlsx` is a workbook without formulas, with a summary and a "
        f"chart; it holds {MAX_SHEET_ROWS:,} rows, and {MAX_SHEET_CELL:,} characters of a cell. "
        "`jsonl` has every value and every digit as it was sent.",
    )


class BatchResults(FileOfRows):
    """Every row in the file's order: its own columns, then the model's result."""
