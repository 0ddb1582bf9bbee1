"""The records of model versions: frozen objects, independent of any session."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from emojify_core.storage.database.records import Json, values_of
from emojify_core.storage.database.tables import RefusalRow, VersionRow

SHIPPED = "shipped"  # the kind of cause of a version that came with a release


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the model: its files, what it is based on, and why it exists."""

    version: int  # 1, 2, 3 ... without gaps
    sha256: str
    parent: int | None  # the version that was live before; None for the first
    source: int | None  # the version whose corrections it contains besides its own
    cause: Json  # {"kind": "shipped" | "fine_tune" | "rollback" | "undo", "by", "why" ...}
    metrics: Json
    verdict: Json | None  # the gate's figures; None when the gate judged nothing new
    created_at: datetime

    @property
    def is_shipped(self) -> bool:
        """Whether it came with a release: a base, on which corrections are learned."""
        return self.cause.get("kind") == SHIPPED


class Live(NamedTuple):
    """The live version, and the generation to name when publishing on top of it."""

    version: Version
    generation: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """A candidate that the gate refused."""

    id: int
    created_at: datetime
    base_version: int
    correction_ids: tuple[str, ...]
    figures: Json
    reason: str


def version_of(row: VersionRow) -> Version:
    """Copy a row out of its session."""
    return Version(**values_of(row, Version))


def refusal_of(row: RefusalRow) -> Refusal:
    """Copy a row out of its session."""
    values = values_of(row, Refusal)
    return Refusal(**values | {"correction_ids": tuple(values["correction_ids"])})
