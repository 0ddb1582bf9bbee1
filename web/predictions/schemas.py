"""The shapes of prediction requests and results, for validation and the OpenAPI description."""

from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from emojify_core.labels import LABELS
from emojify_core.limits import (
    FREE_TOKENS,
    MAX_CHARACTERS,
    MAX_REQUEST_CHARACTERS,
    MAX_TEXTS,
    TOKENS_PER_100_CHARACTERS,
)
from emojify_core.messages import State
from emojify_core.text_validation import check_text
from web.http.schemas import Links

# Python's blanks one by one, because `\s` differs between Python and JSON Schema.
_BLANK = r"\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
# The rules of check_text as JSON Schema.
ANSWERABLE: dict[str, Any] = {
    "minLength": 1,
    "maxLength": MAX_CHARACTERS,
    "pattern": f"[^{_BLANK}]",
}
# The same without NUL, which no database stores.
STORABLE = ANSWERABLE | {"pattern": rf"^[^\x00]*[^\x00{_BLANK}][^\x00]*$"}


def valid_text(text: str) -> str:
    """Return the text; for validators. Raises ValueError for one that cannot be answered."""
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

    text: Annotated[str, AfterValidator(valid_text)] = Field(
        default="",
        description=f"1 to {MAX_CHARACTERS:,} characters, at least one of them not blank.",
        json_schema_extra=ANSWERABLE,
        examples=["I passed the exam!"],
    )
    texts: list[str] = Field(
        default=[],
        description=f"1 to {MAX_TEXTS} texts, {MAX_REQUEST_CHARACTERS:,} characters in all. "
        "A text that cannot be answered gets its own error; the others are answered. "
        f"The model reads {FREE_TOKENS} words and signs of a text, and {TOKENS_PER_100_CHARACTERS} "
        "more for every 100 characters: only long rows of signs or emoji have more.",
        min_length=1,
        max_length=MAX_TEXTS,
        examples=[["I passed the exam!", "They lied to me."]],
    )

    explain: bool = Field(
        default=False,
        description="Whether to explain which parts of the one `text` support the label. In a long "
        "text these are runs of words, not single words.",
    )

    @field_validator("texts")
    @classmethod
    def _limit_total(cls, texts: list[str]) -> list[str]:
        if sum(map(len, texts)) > MAX_REQUEST_CHARACTERS:
            raise ValueError(
                f"The texts of one request may have {MAX_REQUEST_CHARACTERS:,} characters together."
            )
        return texts

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
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
    """A part of the text and how much it supports the label.

    The part begins at the code point `start` and ends before the code point `end`.
    """

    start: int = Field(ge=0)
    end: int
    weight: float = Field(
        description="How much the label's probability falls when this part is hidden from the "
        "model. Below 0, the part speaks against the label. The weights do not add up."
    )
    strength: int = Field(
        ge=0, le=3, description="For shading: 0 (none) to 3 (about as much as the strongest)."
    )


class PredictionResult(BaseModel):
    """The emotion of one text. `confident` is false when the model is not sure.

    With `none`, show that there is no clear emotion; the label is then only the likeliest of seven.
    """

    label: str = Field(examples=["joy"], json_schema_extra={"enum": list(LABELS)})
    emoji: str = Field(examples=["😄"])
    confident: bool
    confidence: float = Field(ge=0, le=1, description="The label's calibrated probability.")
    probabilities: dict[str, float] = Field(description="One for each of the seven labels.")
    emotional: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="How likely the text holds an emotion at all; null if this version of the "
        "model cannot tell.",
    )
    none: bool = Field(default=False, description="Whether the text has no clear emotion.")
    understood: bool = Field(
        default=True, description="Whether the model knows at least one word of the text."
    )
    model_version: int
    milliseconds: float | None = Field(
        default=None, description="How long the worker took for the whole request."
    )
    explanation: list[WordInfluence] | None = Field(
        default=None, description="In the text's order; null unless the request set `explain`."
    )


class TextError(BaseModel):
    """Why this text of a list has no result."""

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
