"""Request and response schemas of corrections."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from emojify_core.correction_states import CorrectionState
from emojify_core.labels import LABELS
from emojify_core.storage.database.storable_text import is_storable
from web.http.schemas import FileOfRows, Links, PageQuery
from web.predictions.schemas import STORABLE, valid_text

LONGEST_KEY = 200  # characters
WITHOUT_NUL: dict[str, Any] = {"pattern": r"^[^\x00]*$"}
UNSTORABLE = "A NUL character cannot be stored. Remove it."


def storable(value: str) -> str:
    """Validate that a database can store the value. Raises ValueError."""
    if not is_storable(value):
        raise ValueError(UNSTORABLE)
    return value


def known_label(label: str) -> str:
    """Validate that this is one of the seven labels. Raises ValueError."""
    if label not in LABELS:
        raise ValueError(f"The label must be one of {', '.join(LABELS)}.")
    return label


KnownLabel = Annotated[str, AfterValidator(known_label)]
StorableText = Annotated[str, AfterValidator(storable)]


class Body(BaseModel):
    """The base of request bodies: unknown fields and type coercion are errors."""

    model_config = ConfigDict(extra="forbid", strict=True)


class CorrectionRequest(Body):
    """The label that a text really has."""

    text: Annotated[str, AfterValidator(valid_text), AfterValidator(storable)] = Field(
        json_schema_extra=STORABLE, examples=["They all saw me fall."]
    )
    label: KnownLabel = Field(json_schema_extra={"enum": list(LABELS)}, examples=["shame"])
    prediction_id: Annotated[str, Field(max_length=64), AfterValidator(storable)] | None = Field(
        default=None,
        description="The wrong prediction, if there was one; it may have expired.",
    )


class KeyHeader(BaseModel):
    """Headers a client may send."""

    key: str = Field(
        default="",
        alias="Idempotency-Key",
        description="Any string. A request that is resent with the same key is stored once.",
        max_length=LONGEST_KEY,
    )


class LearningReceipt(BaseModel):
    """The probabilities before and after learning, and the version that learned it."""

    before: dict[str, float]
    after: dict[str, float]
    model_version: int
    seconds: float = Field(description="From the correction's arrival to the live model.")


class Decided(BaseModel):
    """Who accepted, rejected, undid or deleted the correction, and why."""

    by: str = Field(description="`administrator`, `owner`, or `retention` when its time was over.")
    why: str


class CorrectionAnswer(BaseModel):
    """A correction and how far it has come."""

    id: str
    state: CorrectionState
    text: str = Field(description="Empty once the correction was deleted.")
    label: str
    reason: str | None = Field(
        description="Why it was refused, superseded, rejected and so on, or what it waits for."
    )
    created_at: datetime
    updated_at: datetime
    receipt: LearningReceipt | None
    decided: Decided | None = Field(description="The last decision, if there was one.")
    client: str | None = Field(
        default=None, description="Who sent it; only the administrator sees this."
    )
    links: Links


class CorrectionPage(BaseModel):
    """Corrections, newest first; `links.next` leads to older ones."""

    corrections: list[CorrectionAnswer]
    links: dict[str, str]


class ListQuery(PageQuery):
    """Which corrections to list."""

    state: CorrectionState | None = Field(default=None, description="Only those in this state.")


class ProofQuery(BaseModel):
    """How a client without its cookie shows that it sent the correction."""

    proof: str = Field(default="", description="Part of `links.self` after a resend.")


class ExportQuery(BaseModel):
    """How to write the export."""

    format: Literal["csv", "jsonl"] = Field(default="jsonl", description="`csv` or `jsonl`.")


class ExportedCorrections(FileOfRows):
    """A file with one correction in each line, oldest first."""


class UndoQuery(BaseModel):
    """Why it is undone."""

    why: StorableText = Field(
        default="",
        description="The administrator's is kept with it.",
        max_length=500,
        json_schema_extra=WITHOUT_NUL,
    )


class Decision(Body):
    """Why an administrator decides so."""

    why: StorableText = Field(default="", max_length=500, json_schema_extra=WITHOUT_NUL)
