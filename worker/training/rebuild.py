"""Undoing corrections: the live version is rebuilt from its base without them."""

from collections.abc import Callable
from math import inf

import structlog

from emojify_core.errors import EmojifyError, StalePointerError, TransitionError
from emojify_core.storage.corrections.records import Correction
from emojify_core.storage.factory import Storage
from emojify_core.storage.versions.rebuilds import REBUILD, is_rebuild_due
from emojify_core.storage.versions.records import Live
from worker.training.publish import is_learned, publish
from worker.training.update_runner import UpdateRunner

log = structlog.get_logger(__name__)

UNDONE = "A correction was undone."


def rebuild_without_removed(
    storage: Storage,
    update_runner: UpdateRunner,
    on_step: Callable[[str], None],
    on_published: Callable[[], None],
) -> bool:
    """Replace the live version if that is due; tell whether it was.

    A kept correction that the base cannot learn together with the others is queued again. If the
    base can learn none of them, the newest version that never held the removed ones goes live.
    """
    if not is_rebuild_due(storage.engine, storage.versions.now()):
        return False
    try:
        _replace_live(storage, update_runner, on_step)
    except (StalePointerError, TransitionError) as e:
        log.warning("not rebuilt; starting again", reason=str(e))
    else:
        on_published()
    return True


def _replace_live(
    storage: Storage, update_runner: UpdateRunner, on_step: Callable[[str], None]
) -> None:
    live = storage.versions.live()
    base = storage.versions.base_of(live.version.version)
    kept = storage.versions.held(live.version.version)
    if not kept:  # a rebuild without corrections would equal the base
        _activate(storage, base.version)
        return
    try:
        rebuilt = _rebuild(storage, update_runner, live, kept, on_step)
    except (EmojifyError, OSError):  # the storage failed: the next run tries again
        raise
    except Exception:
        log.exception("rebuilding failed", corrections=len(kept))
        rebuilt = False
    if not rebuilt:
        target = storage.versions.newest_without_removed()
        # The sweeper may have deleted an old version's files, but never those of the base.
        has_files = storage.models.holds(target.sha256)
        _activate(storage, target.version if has_files else base.version)


def _rebuild(
    storage: Storage,
    update_runner: UpdateRunner,
    live: Live,
    kept: list[Correction],
    on_step: Callable[[str], None],
) -> bool:
    """Publish the base fine-tuned on the kept corrections; return False if it learns none."""
    on_step("rebuilding")
    base = storage.versions.base_of(live.version.version)
    undone = [storage.corrections.get(one) for one in storage.versions.removed_in_live()]
    # Once learned, a correction is not refused because the others grew in number.
    with update_runner.run(base, kept, (), on_step, seconds=inf) as (update, folder):
        learned = [one for one in kept if is_learned(update, one.id)]
        if not learned:
            log.warning("the base can learn none of the kept corrections", corrections=len(kept))
            return False
        cause = {
            "kind": REBUILD,
            "by": "trainer",
            "why": UNDONE,
            "corrections": len(learned),
            "seconds": round(update.seconds, 1),  # the next gathered rebuild waits accordingly
            "undone": [
                {"id": one.id, "by": one.decided_by, "why": one.decided_why} for one in undone
            ],
        }
        source = base.version
        publish(storage, live, update, folder, learned, source=source, cause=cause, on_step=on_step)
    return True


def _activate(storage: Storage, version: int) -> None:
    storage.versions.activate(version, by="trainer", why=UNDONE, requeue=True, kind=REBUILD)
