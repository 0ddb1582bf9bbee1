"""The contract between web and worker: names of queues and tasks, payloads, states.

Payloads are JSON objects of ids, text and scalars. Each carries `v`, so that workers and web
of two releases can run side by side while one replaces the other.
"""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, NamedTuple, Self


class Queue:
    """Queue names; a queue is declared with its first task."""

    PREDICT: Final = "predict"  # somebody waits for the answer
    BATCH: Final = "batch"  # taken when nobody waits, by the same workers
    TRAIN: Final = "train"  # taken by one trainer, one task at a time


class Task:
    """Task names, as Flower shows them."""

    PREDICT: Final = "emojify.predict"
    CUT: Final = "emojify.cut_batch"  # the next part of a file into chunks
    CHUNK: Final = "emojify.answer_chunk"
    LEARN: Final = "emojify.learn_corrections"  # a hint without content: SQL says what waits


class State(StrEnum):
    """What a client sees of its request."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


FINAL_STATES: Final = frozenset({State.SUCCEEDED, State.FAILED, State.CANCELLED, State.EXPIRED})

VERSION: Final = 1


class UnknownMessageError(ValueError):
    """A payload of a version this release does not read."""


@dataclass(frozen=True, slots=True)
class PredictRequest:
    """Texts to classify, in order. `single`: the client sent one text and expects one answer.

    `explain`: for one text, say too how much each of its words speaks for the answer.
    """

    texts: tuple[str, ...]
    single: bool
    request_id: str
    explain: bool = False

    def to_payload(self) -> dict[str, Any]:
        """As JSON for the queue."""
        return {
            "v": VERSION,
            "texts": list(self.texts),
            "single": self.single,
            "request_id": self.request_id,
            "explain": self.explain,
        }

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


@dataclass(frozen=True, slots=True)
class Answer:
    """One text's answer: seven calibrated probabilities in LABELS order, or an error."""

    probabilities: tuple[float, ...] = ()
    confident: bool = False
    error: tuple[str, str] | None = None  # code, sentence


class Influence(NamedTuple):
    """How much a part of a text, given by its place alone, speaks for the answer."""

    start: int  # in code points, from 0
    end: int  # the first one after it
    weight: float  # by how much the label's probability falls without it


@dataclass(frozen=True, slots=True)
class PredictReply:
    """The answers in the order of the texts, and the version of the model that gave them.

    What is younger than a worker's release is empty or None.
    """

    answers: tuple[Answer, ...]
    single: bool
    model_version: int
    digests: tuple[str, ...] = ()  # of the texts
    influences: tuple[Influence, ...] | None = None  # None: not asked for
    milliseconds: float | None = None  # that the worker took

    def is_about(self, text: str) -> bool:
        """Tell whether this text was among those answered, as far as that is known."""
        return not self.digests or text_digest(text) in self.digests

    def to_payload(self) -> dict[str, Any]:
        """As JSON for the result store: rows of [confident, p0..p6], or {code, message}."""
        rows: list[Any] = [
            {"code": answer.error[0], "message": answer.error[1]}
            if answer.error
            else [int(answer.confident), *answer.probabilities]
            for answer in self.answers
        ]
        return {
            "v": VERSION,
            "rows": rows,
            "single": self.single,
            "model_version": self.model_version,
            "digests": list(self.digests),
            "influences": self.influences,  # to JSON, a tuple is a list
            "milliseconds": self.milliseconds,
        }

    @classmethod
    def from_payload(cls, payload: dict[str, Any]) -> Self:
        """Read what `to_payload` wrote. Raises UnknownMessageError for another version."""
        _check_version(payload)
        answers = tuple(
            Answer(error=(row["code"], row["message"]))
            if isinstance(row, dict)
            else Answer(tuple(row[1:]), bool(row[0]))
            for row in payload["rows"]
        )
        influences = payload.get("influences")
        return cls(
            answers,
            payload["single"],
            payload["model_version"],
            tuple(payload.get("digests", ())),
            None if influences is None else tuple(Influence(*each) for each in influences),
            payload.get("milliseconds"),
        )


@dataclass(frozen=True, slots=True)
class CutRequest:
    """The batch whose file is to be cut further; SQL says where."""

    batch_id: str

    def to_payload(self) -> dict[str, Any]:
        """As JSON for the queue."""
        return {"v": VERSION, "batch_id": self.batch_id}

    @classmethod
    def from_payload(cls, payload: dict[str, Any]) -> Self:
        """Read what `to_payload` wrote. Raises UnknownMessageError for another version."""
        _check_version(payload)
        return cls(payload["batch_id"])


@dataclass(frozen=True, slots=True)
class ChunkRequest:
    """The chunk to be answered; SQL says where it is in its file, and with which model."""

    batch_id: str
    number: int

    def to_payload(self) -> dict[str, Any]:
        """As JSON for the queue."""
        return {"v": VERSION, "batch_id": self.batch_id, "number": self.number}

    @classmethod
    def from_payload(cls, payload: dict[str, Any]) -> Self:
        """Read what `to_payload` wrote. Raises UnknownMessageError for another version."""
        _check_version(payload)
        return cls(payload["batch_id"], payload["number"])


def text_digest(text: str) -> str:
    """Return what a reply keeps of a text: enough to know it again, too little to read it."""
    return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=8).hexdigest()


def _check_version(payload: dict[str, Any]) -> None:
    if payload.get("v") != VERSION:
        raise UnknownMessageError(f"message version {payload.get('v')!r}, expected {VERSION}")
