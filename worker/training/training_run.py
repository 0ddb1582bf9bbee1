"""One run of the trainer: it learns the waiting corrections, and publishes or refuses each.

The process may be killed at any line: the database says what is left to do. If two trainers run by
mistake, only one of them can move the live pointer.
"""

from collections.abc import Callable, Sequence

import structlog

from emojify_core.correction_states import IN_TRAINING, CorrectionState
from emojify_core.errors import EmojifyError, StalePointerError, TransitionError
from emojify_core.storage.corrections.records import Correction
from emojify_core.storage.factory import Storage
from worker.training.admission import admit_received
from worker.training.publish import ids_of, is_learned, publish, record_refusals
from worker.training.rebuild import rebuild_without_removed
from worker.training.turns import ATTEMPTS, Turns
from worker.training.update_runner import UpdateRunner

log = structlog.get_logger(__name__)

OnStep = Callable[[str], None]


class TrainingRun:
    """Takes corrections from the database to the live version.

    `on_step` is called after each step of an update, `on_published` after each publication.
    """

    def __init__(
        self,
        storage: Storage,
        update_runner: UpdateRunner,
        on_step: OnStep,
        on_published: Callable[[], None],
    ) -> None:
        self._storage, self._update_runner = storage, update_runner
        self._on_step, self._on_published = on_step, on_published
        self._turns = Turns()
        self._published = 0
        self._may_go_on: Callable[[], bool] = lambda: True

    def run(self, may_go_on: Callable[[], bool] = lambda: True) -> int:
        """Learn all waiting corrections; return the number of published versions.

        End early when `may_go_on` returns False, because another trainer has taken over. Raises
        StorageError, ModelError or OSError when the database or the files fail. The corrections in
        training are then queued again, if the database allows it.
        """
        self._published, self._may_go_on = 0, may_go_on
        self._recover_interrupted()
        while may_go_on() and (self._rebuild() or self._learn_next_group()):
            pass
        return self._published

    def _recover_interrupted(self) -> None:
        """Count a failed attempt for the corrections that a dead trainer left in training."""
        for correction in self._storage.corrections.waiting():
            if correction.state in IN_TRAINING:
                self._fail_attempt(correction, "The trainer ended while it learned this.")

    def _rebuild(self) -> bool:
        """Replace a live version that holds removed corrections; tell whether there was one."""
        return rebuild_without_removed(
            self._storage, self._update_runner, self._on_step, self._count_published
        )

    def _learn_next_group(self) -> bool:
        """Learn the next group of queued corrections; tell whether there were any."""
        admit_received(self._storage, self._update_runner)
        waiting = self._storage.corrections.waiting()
        queued = [one for one in waiting if one.state is CorrectionState.QUEUED]
        if not queued:
            return False
        group = self._turns.next_group(queued)
        taken = set(self._storage.corrections.move(ids_of(group), CorrectionState.TRAINING))
        group = [one for one in group if one.id in taken]
        if group:
            self._learn(group)
        return True

    def _learn(self, group: Sequence[Correction]) -> None:
        try:
            self._on_step("taken")
            self._update_and_publish(group)
        except (StalePointerError, TransitionError) as e:
            log.warning("not published; starting again", reason=str(e))
            # A trainer that holds the lock in our place has taken over the group.
            if self._may_go_on():
                self._storage.corrections.requeue(ids_of(group))
        except (EmojifyError, OSError):  # the storage failed or we were stopped: no attempt counts
            self._storage.corrections.requeue(ids_of(group))
            raise
        except Exception as e:
            log.exception("training failed", corrections=ids_of(group))
            self._turns.record(group, put_off=())
            for correction in group:
                self._fail_attempt(correction, f"{type(e).__name__} in training.")

    def _update_and_publish(self, group: Sequence[Correction]) -> None:
        live = self._storage.versions.live()

        def on_step(step: str) -> None:
            if step == "trained":
                self._storage.corrections.move(ids_of(group), CorrectionState.CHECKING)
            self._on_step(step)

        earlier = self._storage.versions.held(live.version.version)
        with self._update_runner.run(live.version, group, earlier, on_step) as (update, folder):
            if not self._may_go_on():
                raise StalePointerError("Another trainer took over while this one was paused.")
            if self._storage.versions.live().generation != live.generation:
                raise StalePointerError("The gate compared with a version that is not live now.")
            record_refusals(self._storage, live.version, update)
            learned = [one for one in group if is_learned(update, one.id)]
            put_off = [one for one in group if one.id in update.put_off]
            self._turns.record([one for one in group if one not in put_off], put_off)
            # Only those put off, and their repeats, are still in training.
            self._storage.corrections.requeue(one.id for one in group if one not in learned)
            if not learned:
                return
            publish(
                self._storage,
                live,
                update,
                folder,
                learned,
                source=live.version.version,
                cause={"kind": "fine_tune", "by": "trainer", "corrections": len(learned)},
                on_step=self._on_step,
            )
        self._count_published()

    def _count_published(self) -> None:
        self._published += 1
        self._on_published()

    def _fail_attempt(self, correction: Correction, error: str) -> None:
        self._storage.corrections.fail_attempt(correction.id, error, ATTEMPTS)
