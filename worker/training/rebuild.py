"""Undoing: the live version is made again from the base, without what was removed."""

from collections.abc import Callable

import structlog

from emojify_core.errors import EmojifyError, StalePointerError, TransitionError
from emojify_core.storage.corrections.records import Correction, Live
from emojify_core.storage.factory import Storage
from worker.training.publish import learned_in, publish
from worker.training.update_runner import UpdateRunner

log = structlog.get_logger(__name__)

UNDONE = "A correction was undone."


def rebuild_without_removed(
    storage: Storage,
    teacher: UpdateRunner,
    on_step: Callable[[str], None],
    on_published: Callable[[], None],
) -> bool:
    """If the live version holds a removed correction, publish one that does not; tell if it did.

    What the base cannot learn again together with the rest is queued and tried by itself. If it
    can learn none of them, the newest version that never held what was removed goes live.
    """
    if not storage.versions.removed_in_live():
        return False
    try:
        _replace(storage, teacher, on_step)
    except (StalePointerError, TransitionError) as e:
        log.warning("not rebuilt; beginning again", reason=str(e))
    else:
        on_published()
    return True


def _replace(storage: Storage, teacher: UpdateRunner, on_step: Callable[[str], None]) -> None:
    live = storage.versions.live()
    base = storage.versions.base_of(live.version.version)
    kept = storage.versions.held(live.version.version)
    if not kept:  # made from the base with nothing, it is the base
        _activate(storage, base.version)
        return
    try:
        rebuilt = _rebuilt(storage, teacher, live, kept, on_step)
    except (EmojifyError, OSError):  # the storage's fault: as it was, and tried again
        raise
    except Exception:
        log.exception("rebuilding broke", corrections=len(kept))
        rebuilt = False
    if not rebuilt:
        target = storage.versions.newest_without_removed()
        # The files of old versions may be swept; those of the base never are.
        there = storage.models.holds(target.sha256)
        _activate(storage, target.version if there else base.version)


def _rebuilt(
    storage: Storage,
    teacher: UpdateRunner,
    live: Live,
    kept: list[Correction],
    on_step: Callable[[str], None],
) -> bool:
    on_step("rebuilding")
    base = storage.versions.base_of(live.version.version)
    undone = [storage.corrections.get(each) for each in storage.versions.removed_in_live()]
    with teacher.teach(base, kept, (), on_step) as (update, folder):
        learned = [each for each in kept if learned_in(update, each.id)]
        if not learned:
            log.warning("the base can learn none of them again", corrections=len(kept))
            return False
        cause = {
            "kind": "undo",
            "by": "trainer",
            "why": UNDONE,
            "corrections": len(learned),
            "undone": [
                {"id": each.id, "by": each.decided_by, "why": each.decided_why} for each in undone
            ],
        }
        source = base.version
        publish(storage, live, update, folder, learned, source=source, cause=cause, on_step=on_step)
    return True


def _activate(storage: Storage, version: int) -> None:
    storage.versions.activate(version, by="trainer", why=UNDONE, requeue=True, kind="undo")
