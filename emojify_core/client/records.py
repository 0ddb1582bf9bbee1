"""What a server answers, typed. Fields that a newer server adds are left out."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

from emojify_core.correction_states import CorrectionState
from emojify_core.messages import FINAL_STATES, State

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What one text expresses, or the error of a text that has no answer."""

    label: str = ""
    emoji: str = ""
    confident: bool = False
    confidence: float = 0.0
    probabilities: Mapping[str, float] | None = None
    model_version: int = 0
    error: str | None = None  # a sentence

    @classmethod
    def from_json(cls, body: Json) -> Self:
        """Read one result of a prediction."""
        if error := body.get("error"):
            return cls(error=error["message"])
        return cls(**_known(cls, body))


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch and how far it is."""

    id: str
    state: State
    name: str
    column: str
    rows: int  # known so far
    done: int
    failed: int  # rows with an error of their own
    rate: float | None  # rows a second
    eta_seconds: float | None
    model_version: int
    rows_known: bool = True  # whether `rows` will not grow any more
    error: Mapping[str, str] | None = None  # code and message, if it failed

    @property
    def over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in FINAL_STATES

    @classmethod
    def from_json(cls, body: Json) -> Self:
        """Read a batch."""
        return cls(**_known(cls, body) | {"state": State(body["state"])})


@dataclass(frozen=True, slots=True)
class Correction:
    """A correction and how far it has come."""

    id: str
    state: CorrectionState
    text: str
    label: str
    reason: str | None
    created_at: str
    updated_at: str
    receipt: Json | None

    @property
    def settled(self) -> bool:
        """Whether nothing more happens unless a person decides something."""
        return self.state not in {
            CorrectionState.RECEIVED,
            CorrectionState.QUEUED,
            CorrectionState.TRAINING,
            CorrectionState.CHECKING,
        }

    @classmethod
    def from_json(cls, body: Json) -> Self:
        """Read a correction."""
        return cls(**_known(cls, body) | {"state": CorrectionState(body["state"])})


@dataclass(frozen=True, slots=True)
class ModelVersion:
    """A version of the model."""

    version: int
    sha256: str
    parent: int | None
    state: str  # live or retired
    cause: Json
    metrics: Json
    created_at: str

    @classmethod
    def from_json(cls, body: Json) -> Self:
        """Read a version."""
        return cls(**_known(cls, body))


@dataclass(frozen=True, slots=True)
class Models:
    """The versions, newest first, and which worker serves which."""

    live: int
    versions: tuple[ModelVersion, ...]
    workers: Mapping[str, int]  # version by name

    @classmethod
    def from_json(cls, body: Json) -> Self:
        """Read the list."""
        return cls(
            body["live"],
            tuple(ModelVersion.from_json(each) for each in body["versions"]),
            {each["name"]: each["model_version"] for each in body["workers"]},
        )


def _known(kind: type[Any], body: Json) -> dict[str, Any]:
    names = {field.name for field in fields(kind)}
    return {name: value for name, value in body.items() if name in names}
