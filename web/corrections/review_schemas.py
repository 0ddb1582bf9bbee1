"""Request and response schemas of the review queue."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from emojify_core.correction_states import CorrectionState
from emojify_core.labels import LABELS
from emojify_core.limits import MAX_DECISIONS
from web.corrections.schemas import (
    WITHOUT_NUL,
    Body,
    CorrectionAnswer,
    KnownLabel,
    StorableText,
)

_NAME = 100  # characters of a client's or network's name; ours have fewer


class ReviewQuery(BaseModel):
    """Which of the waiting corrections to list."""

    after: int | None = Field(
        default=None, ge=0, lt=10**18, description="Only later ones: take it from `links.next`."
    )
    client: str | None = Field(default=None, max_length=_NAME, description="Only this client's.")
    network: str | None = Field(
        default=None, max_length=_NAME, description="Only those from this address."
    )
    label: KnownLabel | None = Field(
        default=None,
        description="Only those with this label.",
        json_schema_extra={"enum": [*LABELS, None]},
    )


class CurrentPrediction(BaseModel):
    """What the live model says of the text."""

    label: str
    confidence: float
    confident: bool
    none: bool = Field(default=False, description="Whether it finds no clear emotion.")


class VoiceCount(BaseModel):
    """How many senders, among those that wait, say the same of the text, and how many otherwise.

    All clients without a key of one address are one sender.
    """

    same: int = Field(description="This correction's sender included.")
    other: int


class WaitingCorrection(CorrectionAnswer):
    """A correction that waits, with what helps to decide."""

    client: str = Field(description="Who sent it, as in the export.")
    network: str | None = Field(description="A keyed hash of its address, if it has no key.")
    prediction: CurrentPrediction | None = Field(description="None if no worker answers now.")
    voices: VoiceCount


class ReviewSender(BaseModel):
    """An address, or a client without one, and how much of what waits it sent."""

    client: str | None = Field(description="None if several clients of the address did.")
    network: str | None
    clients: int
    waiting: int


class ReviewPage(BaseModel):
    """What waits for review, oldest first; `links.next` leads to later ones."""

    waiting: int = Field(description="How many wait, of those that the query chooses.")
    corrections: list[WaitingCorrection]
    senders: list[ReviewSender] = Field(description="Who sent most of all that waits.")
    links: dict[str, str]


class ReviewDecision(Body):
    """Accept or reject many: by their `ids`, or all of a `client` or a `network`."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": [name]} for name in ("ids", "client", "network")]}
    )

    decision: Literal["accept", "reject"]
    ids: list[Annotated[StorableText, Field(max_length=64, json_schema_extra=WITHOUT_NUL)]] = Field(
        default=[], min_length=1, max_length=MAX_DECISIONS
    )
    client: StorableText = Field(
        default="",
        min_length=1,
        max_length=_NAME,
        json_schema_extra=WITHOUT_NUL,
        description=f"The oldest {MAX_DECISIONS} of this client. Repeat it while some remain.",
    )
    network: StorableText = Field(
        default="",
        min_length=1,
        max_length=_NAME,
        json_schema_extra=WITHOUT_NUL,
        description="Likewise, of all clients of this address.",
    )
    why: StorableText = Field(default="", max_length=500, json_schema_extra=WITHOUT_NUL)

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if len(self.model_fields_set & {"ids", "client", "network"}) != 1:
            raise ValueError("Send either ids, or a client, or a network.")
        return self


class DecisionOutcome(BaseModel):
    """What became of one correction."""

    id: str
    state: CorrectionState | None = Field(description="Now; none if there is no such correction.")
    decided: bool = Field(description="By this request; a repeated one decides nothing.")
    error: str | None = Field(description="Why it is not decided so.")


class DecisionOutcomes(BaseModel):
    """One outcome for each correction, in the order of the ids."""

    outcomes: list[DecisionOutcome]
    remaining: int = Field(description="How many still wait: of this sender, or in all.")
