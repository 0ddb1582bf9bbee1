"""The contract between web and worker: queue names, task names, payloads, states.

Payloads are JSON objects of ids, texts and scalars. Each carries its version `v`, so that web and
workers of two releases can run side by side during an upgrade.
"""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, NamedTuple, Self

from emojify_core.answer import Answer, answers_from_json, answers_to_json


class Queue:
    """Queue names; a queue is declared with its first task."""

    PREDICT: Final = "predict"  # a client waits for the result
    BATCH: Final = "batch"  # the same workers take these when no prediction waits
    TRAIN: Final = "train"  # one trainer takes these, one task at a time


class Task:
    """Task names, as Flower shows them."""

    PREDICT: Final = "emojify.predict"
    SPLIT: Final = "emojify.cut_batch"  # split the next part of a file into chunks
    CHUNK: Final = "emojify.answer_chunk"
    LEARN: Final = "emojify.learn_corrections"  # carries nothing: the database lists what waits


class State(StrEnum):
    """The state of a request, as its client sees it."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


FINAL_STATES: Final = frozenset({State.SUCCEEDED, State.FAILED, State.CANCELLED, State.EXPIRED})
VERSION: Final = 1


class UnknownMessageError(ValueError):
    """The payload has a version that this release cannot read."""


class _Request:
    """What all requests share; each is a dataclass."""

    __slots__: tuple[str, ...] = ()

    def to_payload(self) -> dict[str, Any]:
        """Return the JSON for the queue."""
        return {"v": VERSION, **{name: getattr(self, name) for name in self.__slots__}}

    @classmethod
    def from_payload(cls, payload: dict[str, Any]) -> Self:
        """Read what `to_payload` wrote. Raises UnknownMessageError for another version."""
        _check_version(payload)
        return cls(**{name: payload[name] for name in cls.__slots__})


@dataclass(frozen=True, slots=True)
class PredictRequest(_Request):
    """Texts to classify, in order."""

    texts: tuple[str, ...]
    single: bool  # the client sent one text and expects one result
    request_id: str
    explain: bool = False  # also return how much each word of the one text supports the label

    @classmethod
    def from_payload(cls, payload: dict[str, Any]) -> Self:
        """Read what `to_payload` wrote. Raises UnknownMessageError for another version."""
        _check_version(payload)
        return cls(
            tuple(payload["texts"]),
            payload["single"],
            payload["request_id"],
            payload.get("explain", False),
        )


class Influence(NamedTuple):
    """How much a part of a text supports the label. It holds the place, not the words."""

    start: int  # in code points, from 0
    end: int  # exclusive
    weight: float  # how far the label's probability falls without this part


@dataclass(frozen=True, slots=True)
class PredictReply:
    """Predictions in the order of the texts, and the version of the model that made them.

    Fields that an older worker does not send are empty or None.
    """

    answers: tuple[Answer, ...]
    single: bool
    model_version: int
    digests: tuple[str, ...] = ()  # of the texts
    influences: tuple[Influence, ...] | None = None  # None: not requested
    milliseconds: float | None = None  # that the worker took

    def is_about(self, text: str) -> bool:
        """Tell whether this text was among those classified, as far as the reply shows."""
        return not self.digests or text_digest(text) in self.digests

    def to_payload(self) -> dict[str, Any]:
        """Return the JSON for the result store; `answer.py` says how it lists the answers."""
        return {
            "v": VERSION,
            **answers_to_json(self.answers),
            "single": self.single,
            "model_version": self.model_version,
            "digests": list(self.digests),
            "influences": self.influences,  # JSON writes a tuple as a list
            "milliseconds": self.milliseconds,
        }

    @classmethod
    def from_payload(cls, payload: dict[str, Any]) -> Self:
        """Read what `to_payload` wrote. Raises UnknownMessageError for another version."""
        _check_version(payload)
        influences = payload.get("influences")
        return cls(
            answers_from_json(payload),
            payload["single"],
            payload["model_version"],
            tuple(payload.get("digests", ())),
            None if influences is None else tuple(Influence(*each) for each in influences),
            payload.get("milliseconds"),
        )


@dataclass(frozen=True, slots=True)
class SplitRequest(_Request):
    """A batch whose file has parts left to split; the database knows where to continue."""

    batch_id: str


@dataclass(frozen=True, slots=True)
class ChunkRequest(_Request):
    """A chunk to answer; the database knows its place in the file and the model to use."""

    batch_id: str
    number: int


def text_digest(text: str) -> str:
    """Return a digest that recognizes a text again but does not reveal it."""
    return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=8).hexdigest()


def _check_version(payload: dict[str, Any]) -> None:
    if payload.get("v") != VERSION:
        raise UnknownMessageError(f"message version {payload.get('v')!r}, expected {VERSION}")
