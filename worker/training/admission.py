"""Decides on corrections of strangers, where several must overrule an answer the model is sure of.

Only the trainer can: it knows the model. The web stores such corrections as received.
"""

from emojify_core.labels import LABELS
from emojify_core.storage.corrections.admission import admit, received
from emojify_core.storage.factory import Storage
from worker.training.update_runner import UpdateRunner

_AT_ONCE = 64  # corrections in one transaction


def admit_received(storage: Storage, update_runner: UpdateRunner) -> None:
    """Queue the received corrections, or let them wait for other people or an administrator."""
    corrections = storage.corrections
    while True:
        found = received(corrections.engine, _AT_ONCE)
        contested = {}
        if found:
            live = storage.versions.live().version
            sure = update_runner.confident_labels(live, [one.text for one in found])
            contested = {
                one.id: bool(labels - {LABELS.index(one.label)})
                for one, labels in zip(found, sure, strict=True)
            }
        followed = admit(corrections.engine, contested, corrections.now(), _AT_ONCE)
        if max(len(found), followed) < _AT_ONCE:
            return
