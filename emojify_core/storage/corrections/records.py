"""What the repositories give out: plain frozen objects, free of any session."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from typing import Any, NamedTuple

from emojify_core.correction_states import CorrectionState
from emojify_core.labels import LABELS
from emojify_core.storage.database.storable_text import check_storable
from emojify_core.storage.database.tables import CorrectionRow, RefusalRow, VersionRow
from emojify_core.tokenizer import normalise

Json = Mapping[str, Any]

SHIPPED = "shipped"  # the kind of cause of a version that came with a release


@dataclass(frozen=True, slots=True)
class Correction:
    """A correction as stored. Its text is left out of its repr, and so out of logs."""

    id: str
    sequence: int  # in the order they were committed
    created_at: datetime
    updated_at: datetime
    client: str  # who may see it
    text: str = field(repr=False)
    normalised: str = field(repr=False)  # the form by which two texts count as the same
    label: str
    prediction_id: str | None
    state: CorrectionState
    reason: str | None  # a sentence: why it was refused, superseded, rejected ...
    attempts: int  # how often training broke with it since it was last learned
    error: str | None  # of the last such attempt
    superseded_by: str | None
    version: int | None  # the version that learned it
    before: tuple[float, ...] | None  # probabilities in LABELS order, before that version
    after: tuple[float, ...] | None  # and by that version
    seconds: float | None  # from its creation to the publication
    decided_by: str | None
    decided_why: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionInput:
    """A correction as a client sends it.

    Raises UnstorableTextError for text that no database stores, ValueError for an unknown label.
    """

    client: str = ""  # who may see it; the web fills it in before it stores the correction
    text: str = field(repr=False)
    normalised: str = field(init=False, repr=False)
    label: str
    prediction_id: str | None = None
    idempotency_key: str | None = None

    def __post_init__(self) -> None:
        if self.label not in LABELS:
            raise ValueError(f"{self.label!r} is not a label")
        object.__setattr__(self, "normalised", normalise(self.text))
        check_storable(**asdict(self))

    @property
    def body_sha256(self) -> str:
        """The hash of the request body, which tells a resent request from another one."""
        body = json.dumps([self.text, self.label, self.prediction_id])
        return hashlib.sha256(body.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What learning did to one correction."""

    before: tuple[float, ...]  # probabilities in LABELS order, by the version before
    after: tuple[float, ...]  # by the new version
    seconds: float  # from its creation to the publication


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the model: which files, on top of what, and why."""

    version: int  # 1, 2, 3 ... without gaps
    sha256: str
    parent: int | None  # the version that was live before; None for the first
    source: int | None  # the version whose corrections it holds besides its own
    cause: Json  # {"kind": "shipped" | "fine_tune" | "rollback" | "undo", "by", "why" ...}
    metrics: Json
    verdict: Json | None  # the gate's figures; None where nothing new was judged
    created_at: datetime

    @property
    def is_shipped(self) -> bool:
        """Whether it came with a release: a base, on which corrections are learned."""
        return self.cause.get("kind") == SHIPPED


class Live(NamedTuple):
    """The version in service and the generation to name when publishing on top of it."""

    version: Version
    generation: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """A candidate that did not go live."""

    id: int
    created_at: datetime
    base_version: int
    correction_ids: tuple[str, ...]
    figures: Json
    reason: str


def utc_now() -> datetime:
    """Return the time, the way all of it is stored."""
    return datetime.now(UTC)


def correction_of(row: CorrectionRow) -> Correction:
    """Copy a row out of its session."""
    values = _values(row, Correction)
    for name in ("before", "after"):
        values[name] = values[name] and tuple(values[name])
    return Correction(**values)


def version_of(row: VersionRow) -> Version:
    """Copy a row out of its session."""
    return Version(**_values(row, Version))


def refusal_of(row: RefusalRow) -> Refusal:
    """Copy a row out of its session."""
    values = _values(row, Refusal)
    return Refusal(**values | {"correction_ids": tuple(values["correction_ids"])})


def _values(row: object, kind: type[Any]) -> dict[str, Any]:
    return {attribute.name: getattr(row, attribute.name) for attribute in fields(kind)}
