"""The records of corrections: frozen objects, independent of any session."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import datetime

from emojify_core.correction_states import CorrectionState
from emojify_core.labels import LABELS
from emojify_core.storage.database.records import values_of
from emojify_core.storage.database.storable_text import check_storable
from emojify_core.storage.database.tables import CorrectionRow
from emojify_core.tokenizer import normalise


@dataclass(frozen=True, slots=True)
class Correction:
    """A correction as stored. Its repr omits the text, so that logs do too."""

    id: str
    sequence: int  # in the order of the commits
    created_at: datetime
    updated_at: datetime
    client: str  # who may see it
    network: str | None  # see CorrectionRow.network
    text: str = field(repr=False)
    normalised: str = field(repr=False)  # texts with the same normal form count as equal
    label: str
    prediction_id: str | None
    state: CorrectionState
    reason: str | None  # a sentence: why it was refused, superseded, rejected ...
    attempts: int  # failed trainings since it was last learned
    error: str | None  # of the last failed training
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
    network: str | None = None  # likewise
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


def correction_of(row: CorrectionRow) -> Correction:
    """Copy a row out of its session."""
    values = values_of(row, Correction)
    for name in ("before", "after"):
        values[name] = values[name] and tuple(values[name])
    return Correction(**values)
