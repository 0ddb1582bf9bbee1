"""The API's responses as typed records. Unknown fields of a newer server are ignored."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

from emojify_core.correction_states import CorrectionState
from emojify_core.messages import FINAL_STATES, State

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """The prediction of one text, or the error of an invalid text."""

    label: str = ""
    emoji: str = ""
    confident: bool = False
    confidence: float = 0.0
    probabilities: Mapping[str, float] | None = None
    model_version: int = 0
    error: str | None = None  # a sentence
    emotional: float | None = None  # how likely the text holds an emotion, if the model can tell
    none: bool = False  # it has no clear emotion
    understood: bool = True  # the model knows at least one word of it

    @classmethod
    def from_json(cls, body: Json) -> Self:
        """Read one result of a prediction."""
        if error := body.get("error"):
            return cls(error=error["message"])
        return cls(**known_fields(cls, body))


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch and its progress."""

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
    rows_known: bool = True  # whether `rows` is final
    error: Mapping[str, str] | None = None  # code and message, if it failed

    @property
    def over(self) -> bool:
        """Whether the batch has ended."""
        return self.state in FINAL_STATES

    @classmethod
    def from_json(cls, body: Json) -> Self:
        """Read a batch."""
        return cls(**known_fields(cls, body) | {"state": State(body["state"])})


@dataclass(frozen=True, slots=True)
class Correction:
    """A correction and its state."""

    id: str
    state: CorrectionState
    text: str
    label: str
    reason: str | None
    created_at: str
    updated_at: str
    receipt: Json | None
    client: str | None = None  # whose it is; only the administrator sees it

    @property
    def settled(self) -> bool:
        """Whether the correction waits for nothing but a decision of a person."""
        return self.state not in {
            CorrectionState.RECEIVED,
            CorrectionState.QUEUED,
            CorrectionState.TRAINING,
            CorrectionState.CHECKING,
        }

    @classmethod
    def from_json(cls, body: Json) -> Self:
        """Read a correction."""
        return cls(**known_fields(cls, body) | {"state": CorrectionState(body["state"])})


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
        return cls(**known_fields(cls, body))


@dataclass(frozen=True, slots=True)
class Models:
    """The versions, newest first, and the version that each worker serves."""

    live: int
    versions: tuple[ModelVersion, ...]
    workers: Mapping[str, int]  # version by the worker's name

    @classmethod
    def from_json(cls, body: Json) -> Self:
        """Read the list."""
        return cls(
            body["live"],
            tuple(map(ModelVersion.from_json, body["versions"])),
            {worker["name"]: worker["model_version"] for worker in body["workers"]},
        )


def known_fields(kind: type[Any], body: Json) -> dict[str, Any]:
    """Return the fields of a record that this release knows; a newer server may send more."""
    names = {field.name for field in fields(kind)}
    return {name: value for name, value in body.items() if name in names}
