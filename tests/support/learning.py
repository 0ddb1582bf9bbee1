"""Shortcuts for tests of the storage: correct, learn, publish."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from emojify_core.correction_states import CorrectionState
from emojify_core.storage.corrections.records import Correction, CorrectionInput, Receipt
from emojify_core.storage.corrections.repository import CorrectionRepository
from emojify_core.storage.versions.publish import Publication
from emojify_core.storage.versions.records import Version
from emojify_core.storage.versions.repository import VersionRepository

BEFORE = (0.4, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1)
AFTER = (0.1, 0.1, 0.1, 0.4, 0.1, 0.1, 0.1)
RECEIPT = Receipt(BEFORE, AFTER, 1.5)


def sha256(word: str) -> str:
    """Return the checksum of a made-up model's files."""
    return hashlib.sha256(word.encode()).hexdigest()


def draft(
    text: str = "My cat ran away", label: str = "sadness", *, client: str = "anna", **more: str
) -> CorrectionInput:
    """Return the input of a correction, as a client sends it."""
    return CorrectionInput(client=client, text=text, label=label, **more)


def publication(
    name: str, source: int, learned: Iterable[str] = (), kind: str = "fine_tune"
) -> Publication:
    """Return the record that a trainer publishes."""
    return Publication(
        sha256=sha256(name),
        source=source,
        cause={"kind": kind},
        metrics={"accuracy": 0.5},
        verdict={"passed": True},
        learned=dict.fromkeys(learned, RECEIPT),
    )


@dataclass(frozen=True)
class Trainer:
    """The trainer's database operations, without any training."""

    corrections: CorrectionRepository
    versions: VersionRepository

    def correct(self, text: str, label: str = "sadness") -> Correction:
        """Add a correction that needs no review."""
        return self.corrections.add(draft(text, label), CorrectionState.QUEUED)[0]

    def take(self, ids: Sequence[str]) -> list[str]:
        """Move corrections through training to the gate's check."""
        taken = self.corrections.move(ids, CorrectionState.TRAINING)
        return self.corrections.move(taken, CorrectionState.CHECKING)

    def learn(self, *ids: str) -> Version:
        """Publish a fine-tune of the live version that learned these corrections."""
        live, generation = self.versions.live()
        new = publication(f"tune of {live.version}", live.version, self.take(ids))
        return self.versions.publish(new, generation)

    def rebuild(self, *ids: str, seconds: float = 1.5) -> Version:
        """Publish a rebuild of the base with these corrections alone, which took so long."""
        self.take(ids)
        live, generation = self.versions.live()
        new = publication(f"rebuild after {live.version}", 1, ids, kind="undo")
        new.cause["seconds"] = seconds
        return self.versions.publish(new, generation)

    def states(self, *corrections: Correction) -> list[str]:
        """Return the current states."""
        return [self.corrections.get(correction.id).state.value for correction in corrections]
