"""What the review queue returns: filters, senders, voices, outcomes of decisions."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement

from emojify_core.correction_states import CorrectionState
from emojify_core.storage.database.storable_text import is_storable
from emojify_core.storage.database.tables import CorrectionRow


@dataclass(frozen=True, slots=True)
class ReviewFilter:
    """Which of the waiting corrections to list or decide; None does not restrict."""

    client: str | None = None
    network: str | None = None
    label: str | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return the conditions for a query, the state included."""
        found = [CorrectionRow.state == CorrectionState.REVIEW]
        for name in self.__slots__:
            if (value := getattr(self, name)) is not None:
                # No row has a value that cannot be stored.
                known = is_storable(value)
                found.append(getattr(CorrectionRow, name) == (value if known else ""))
        return found


@dataclass(frozen=True, slots=True)
class Sender:
    """Where waiting corrections come from: an address, or a client without one."""

    network: str | None
    client: str | None  # None: several clients of the network
    clients: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Voices:
    """How many senders say the same of a text, and how many say another label."""

    same: int
    other: int


# For each normal form, how many independent senders say each label.
VoiceCounts = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a decision did to one correction."""

    id: str
    state: CorrectionState | None  # afterwards; None: there is no such correction
    decided: bool  # by this call
