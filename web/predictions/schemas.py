"""The shapes of requests and answers: what is validated, and what the OpenAPI page shows."""

from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from emojify_core.labels import LABELS
from emojify_core.messages import State
from emojify_core.text_validation import (
    MAX_CHARACTERS,
    MAX_REQUEST_CHARACTERS,
    MAX_TEXTS,
    check_text,
)
from web.http.schemas import Links

# The blanks, spelled out: what `\s` is differs between Python and JSON Schema.
_BLANK = r"\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
# What check_text asks of a text, for the description.
ANSWERABLE: dict[str, Any] = {
    "minLength": 1,
    "maxLength": MAX_CHARACTERS,
    "pattern": f"[^{_BLANK}]",
}
# And what a database keeps of those: all but NUL.
STORABLE = ANSWERABLE | {"pattern": rf"^[^\x00]*[^\x00{_BLANK}][^\x00]*$"}
_LABEL = Field(examples=["joy"], json_schema_extra={"enum": list(LABELS)})


def answerable(text: str) -> str:
    """Let a text pass that can be answered; for validators."""
    if problem := check_text(text):
        raise ValueError(problem.message)
    return text


EXPLAINED_LIST: dict[str, Any] = {
    "required": ["texts", "explain"],
    "properties": {"explain": {"enum": [True]}},
}


class PredictionRequest(BaseModel):
    """One `text`, or a list of `texts`, each of at most 5,000 characters."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={
            "oneOf": [{"required": ["text"]}, {"required": ["texts"]}],
            "not": EXPLAINED_LIST,
        },
    )

    text: str = Field(
        default="",
        description=f"1 to {MAX_CHARACTERS:,} characters, at least one of them not blank.",
        json_schema_extra=ANSWERABLE,
        examples=["I passed the exam!"],
    )
    texts: list[str] = Field(
        default=[],
        description=f"1 to {MAX_TEXTS} texts, {MAX_REQUEST_CHARACTERS:,} characters in all. "
        "One that cannot be answered gets its own error and does not stop the others.",
        min_length=1,
        max_length=MAX_TEXTS,
        examples=[["I passed the exam!", "They lied to me."]],
    )

    explain: bool = Field(
        default=False,
        description="Say too which parts of the one `text` speak for the answer. In a long text "
        "these are runs of words, not single ones.",
    )

    _answerable = field_validator("text")(answerable)

    @field_validator("texts")
    @classmethod
    def _bounded(cls, texts: list[str]) -> list[str]:
        if sum(map(len, texts)) > MAX_REQUEST_CHARACTERS:
            raise ValueError(
                f"The texts of one request may have {MAX_REQUEST_CHARACTERS:,} characters together."
            )
        return texts

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if self.model_fields_set - {"explain"} not in ({"text"}, {"texts"}):
            raise ValueError('Send either "text" or "texts".')
        if self.explain and not self.single:
            raise ValueError('Only a single "text" can be explained.')
        return self

    @property
    def single(self) -> bool:
        """Whether one text was sent, rather than a list."""
        return "text" in self.model_fields_set


class WordInfluence(BaseModel):
    """A part of the text and how much it speaks for the answer.

    It is the part from the code point `start` up to, not including, `end`.
    """

    start: int = Field(ge=0)
    end: int
    weight: float = Field(
        description="By how much the label's probability falls when the model does not see this "
        "part; below 0, it speaks against the label. The weights do not add up."
    )
    strength: int = Field(
        ge=0, le=3, description="For shading: 0 (none) to 3 (about as much as the strongest)."
    )


class PredictionResult(BaseModel):
    """What one text expresses. `confident` is false when the model is not sure."""

    label: Annotated[str, _LABEL]
    emoji: str = Field(examples=["😄"])
    confident: bool
    confidence: float = Field(ge=0, le=1, description="The label's calibrated probability.")
    probabilities: dict[str, float] = Field(description="One for each of the seven labels.")
    model_version: int
    milliseconds: float | None = Field(
        default=None, description="What the worker took for the whole request."
    )
    explanation: list[WordInfluence] | None = Field(
        default=None, description="In the text's order; null unless `explain` was asked for."
    )


class TextError(BaseModel):
    """Why this text of a list has no answer."""

    error: "PredictionError"


class PredictionError(BaseModel):
    """A stable code and a sentence for people."""

    code: str = Field(examples=["lost"])
    message: str


class Prediction(BaseModel):
    """A prediction and its state; `result` (one text) or `results` (a list) once it succeeded."""

    id: str
    state: State
    result: PredictionResult | None = None
    results: list[PredictionResult | TextError] | None = Field(
        default=None, description="In the order of `texts`; only for a list."
    )
    error: PredictionError | None = None
    links: Links
