"""What became of a run, written down: refusals with their figures, a version with its receipts."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from emojify_core.ml.correction_learning.bisection import Refused
from emojify_core.storage.corrections.records import Correction, Live, Receipt, Version
from emojify_core.storage.factory import Storage
from emojify_core.storage.versions.publish import Publication

if TYPE_CHECKING:
    from emojify_core.ml.correction_learning.update import Update

log = structlog.get_logger(__name__)


def ids_of(corrections: Iterable[Correction]) -> list[str]:
    """Return their ids."""
    return [each.id for each in corrections]


def learned_in(update: "Update", correction_id: str) -> bool:
    """Tell whether the new model holds a correction; a repeat shares the fate of its like."""
    return update.repeats.get(correction_id, correction_id) in update.receipts


def publish(  # noqa: PLR0913 - all that a version is
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
    """Store the model's files, then append its version and move the pointer, all or nothing.

    Raises StalePointerError if the live version is not `live` any more, TransitionError if a
    learned correction was taken back meanwhile, and what storing raises.
    """
    if update.manifest is None:
        raise ValueError("nothing was accepted")
    storage.models.put(update.manifest.sha256, folder)
    on_step("stored")
    new = Publication(
        sha256=update.manifest.sha256,
        source=source,
        cause=cause,
        metrics=update.manifest.metrics,
        verdict=None if update.verdict is None else update.verdict.figures,
        learned={each.id: _receipt(update, each) for each in learned},
    )
    version = storage.versions.publish(new, live.generation)
    on_step("published")
    log.info("published", version=version.version, corrections=len(learned), cause=cause["kind"])
    return version


def record_refusals(storage: Storage, live: Version, update: "Update") -> None:
    """Keep every refused candidate with its figures; end what was refused for good."""
    judged = {each.ids[0] for each in update.refusals if len(each.ids) == 1}
    untried = [
        Refused((each,), reason, {})
        for each, reason in update.refused.items()
        if each not in judged
    ]
    for refused in (*update.refusals, *untried):
        final = len(refused.ids) == 1
        ids = [*refused.ids]
        if final:
            ids += [each for each, like in update.repeats.items() if like == refused.ids[0]]
        storage.versions.record_refusal(
            base_version=live.version,
            correction_ids=ids,
            figures=refused.figures,
            reason=refused.reason,
            final=final,
        )


def _receipt(update: "Update", correction: Correction) -> Receipt:
    """Return before, after and how long it took; learned again, it keeps its first receipt's."""
    new = update.receipts[update.repeats.get(correction.id, correction.id)]
    seconds = (datetime.now(UTC) - correction.created_at).total_seconds()
    return Receipt(
        correction.before or new.before,
        new.after,
        round(seconds, 1) if correction.seconds is None else correction.seconds,
    )
