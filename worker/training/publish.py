"""Writes the results of an update: refusals with figures, and a version with its receipts."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from emojify_core.storage.corrections.records import Correction, Receipt
from emojify_core.storage.factory import Storage
from emojify_core.storage.versions.publish import Publication
from emojify_core.storage.versions.records import Live, Version

if TYPE_CHECKING:
    from emojify_core.ml.correction_learning.update import Update

log = structlog.get_logger(__name__)


def ids_of(corrections: Iterable[Correction]) -> list[str]:
    """Return the ids of corrections."""
    return [one.id for one in corrections]


def is_learned(update: "Update", correction_id: str) -> bool:
    """Tell whether the new model has learned a correction, or the one that it repeats."""
    return update.repeats.get(correction_id, correction_id) in update.receipts


def publish(  # noqa: PLR0913 - the parts of a version
    storage: Storage,
    live: Live,
    update: "Update",
    folder: Path,
    learned: Sequence[Correction],
    *,
    source: int,
    cause: Mapping[str, Any],
    on_step: Callable[[str], None],
) -> Version:
    """Store the model's files, then add its version and move the live pointer in one transaction.

    Raises StalePointerError if the live version changed, TransitionError if a learned correction
    was undone, StorageError if the storage failed, ValueError for an update without a model.
    """
    if update.manifest is None:
        raise ValueError("the update has no model to publish")
    storage.models.put(update.manifest.sha256, folder)
    on_step("stored")
    new = Publication(
        sha256=update.manifest.sha256,
        source=source,
        cause=cause,
        metrics=update.manifest.metrics,
        verdict=None if update.verdict is None else update.verdict.figures,
        learned={one.id: _receipt(update, one) for one in learned},
    )
    version = storage.versions.publish(new, live.generation)
    on_step("published")
    log.info("published", version=version.version, corrections=len(learned), cause=cause["kind"])
    return version


def record_refusals(storage: Storage, live: Version, update: "Update") -> None:
    """Record every refused candidate with its figures; a correction refused alone is final."""
    judged = {refused.ids[0] for refused in update.refusals if len(refused.ids) == 1}
    groups = [(refused.ids, refused.reason, refused.figures) for refused in update.refusals]
    groups += [
        ((correction_id,), reason, {})  # refused before any trial
        for correction_id, reason in update.refused.items()
        if correction_id not in judged
    ]
    for ids, reason, figures in groups:
        final = len(ids) == 1
        repeats = [one for one, first in update.repeats.items() if final and first == ids[0]]
        storage.versions.record_refusal(
            base_version=live.version,
            correction_ids=[*ids, *repeats],
            figures=figures,
            reason=reason,
            final=final,
        )


def _receipt(update: "Update", correction: Correction) -> Receipt:
    """Return a receipt; a correction learned again keeps `before` and `seconds` of its first."""
    new = update.receipts[update.repeats.get(correction.id, correction.id)]
    seconds = (datetime.now(UTC) - correction.created_at).total_seconds()
    return Receipt(
        correction.before or new.before,
        new.after,
        round(seconds, 1) if correction.seconds is None else correction.seconds,
    )
