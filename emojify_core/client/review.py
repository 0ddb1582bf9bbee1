"""What the review queue returns, as typed records. Unknown fields of a newer server are ignored."""

from dataclasses import dataclass
from typing import Self

from emojify_core.client.records import Json, known_fields


@dataclass(frozen=True, slots=True)
class WaitingCorrection:
    """A correction that waits for review, with what helps to decide."""

    id: str
    text: str
    label: str
    created_at: str
    client: str
    network: str | None  # a keyed hash of the address
    voices: Json  # how many senders say the `same`, how many say `other`
    prediction: Json | None  # of the live model; None: no worker answered

    @property
    def predicted(self) -> str | None:
        """The label that the model gives now."""
        return str(self.prediction["label"]) if self.prediction else None

    @classmethod
    def from_json(cls, body: Json) -> Self:
        """Read one correction."""
        return cls(**known_fields(cls, body))


@dataclass(frozen=True, slots=True)
class DecisionOutcome:
    """What became of one correction of many."""

    id: str
    state: str | None  # None: there is no such correction
    decided: bool  # by this request
    error: str | None  # why it is not decided so

    @classmethod
    def from_json(cls, body: Json) -> Self:
        """Read one outcome."""
        return cls(**known_fields(cls, body))
