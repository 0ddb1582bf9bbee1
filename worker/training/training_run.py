"""One run of the trainer: everything that waits is learned, judged and published, or refused.

Whatever kills this process, and at whatever line, SQL says what is left to do; whoever else runs
at the same time by mistake, only one of the two can move the pointer.
"""

from collections.abc import Callable, Sequence

import structlog

from emojify_core.correction_states import IN_TRAINING, CorrectionState
from emojify_core.errors import EmojifyError, StalePointerError, TransitionError
from emojify_core.storage.corrections.records import Correction
from emojify_core.storage.factory import Storage
from worker.training.publish import ids_of, learned_in, publish, record_refusals
from worker.training.rebuild import rebuild_without_removed
from worker.training.update_runner import UpdateRunner

log = structlog.get_logger(__name__)

# So many are tried together, by how often training broke, or the trainer died, with each of them:
# one that breaks it is soon alone, and left out in the end. Few enough that a refusal among them is
# found in about a minute.
TOGETHER = (24, 24, 8, 1, 1)
ATTEMPTS = len(TOGETHER)

OnStep = Callable[[str], None]


class TrainingRun:
    """Takes corrections from SQL to the live pointer. `on_step` hears of each step's end."""

    def __init__(
        self,
        storage: Storage,
        teacher: UpdateRunner,
        on_step: OnStep,
        on_published: Callable[[], None],
    ) -> None:
        self._storage, self._teacher = storage, teacher
        self._on_step, self._on_published = on_step, on_published
        self._published = 0
        self._allowed: Callable[[], bool] = lambda: True

    def run(self, allowed: Callable[[], bool] = lambda: True) -> int:
        """Do all that waits; return how many versions were published.

        It ends early when it is not `allowed` any more: then somebody else does the rest. Raises
        StorageError, ModelError or OSError when the database or the files cannot be used; what
        was in training is queued again then, as far as that is possible.
        """
        self._published, self._allowed = 0, allowed
        self._take_over()
        while allowed() and (self._rebuild() or self._learn_next()):
            pass
        return self._published

    def _take_over(self) -> None:
        """Count an attempt for what a trainer that died left in training."""
        for each in self._storage.corrections.waiting():
            if each.state in IN_TRAINING:
                self._broke(each, "The trainer ended while it learned this.")

    def _rebuild(self) -> bool:
        """Replace a live version that holds what was undone; tell whether there was one."""
        return rebuild_without_removed(
            self._storage, self._teacher, self._on_step, self._count_published
        )

    def _learn_next(self) -> bool:
        """Learn a group of those that wait; tell whether there was one."""
        waiting = self._storage.corrections.waiting()
        queued = [each for each in waiting if each.state is CorrectionState.QUEUED]
        if not queued:
            return False
        fewest = min(each.attempts for each in queued)
        alike = [each for each in queued if each.attempts == fewest]
        group = alike[: TOGETHER[min(fewest, ATTEMPTS - 1)]]
        taken = set(self._storage.corrections.move(ids_of(group), CorrectionState.TRAINING))
        group = [each for each in group if each.id in taken]
        if group:
            self._learn(group)
        return True

    def _learn(self, group: Sequence[Correction]) -> None:
        try:
            self._on_step("taken")
            self._teach_and_publish(group)
        except (StalePointerError, TransitionError) as e:
            log.warning("not published; beginning again", reason=str(e))
            # Whoever holds the lock instead of us has taken over what we had in training.
            if self._allowed():
                self._storage.corrections.requeue(ids_of(group))
        except (EmojifyError, OSError):  # the storage's fault or a stop, not the corrections'
            self._storage.corrections.requeue(ids_of(group))
            raise
        except Exception as e:
            log.exception("training broke", corrections=ids_of(group))
            for each in group:
                self._broke(each, f"{type(e).__name__} in training.")

    def _teach_and_publish(self, group: Sequence[Correction]) -> None:
        live = self._storage.versions.live()

        def on_step(step: str) -> None:
            if step == "trained":
                self._storage.corrections.move(ids_of(group), CorrectionState.CHECKING)
            self._on_step(step)

        earlier = self._storage.versions.held(live.version.version)
        with self._teacher.teach(live.version, group, earlier, on_step) as (update, folder):
            if not self._allowed():
                raise StalePointerError("Another trainer took over while this one stood still.")
            if self._storage.versions.live().generation != live.generation:
                raise StalePointerError("The verdict compares with a version that is not live.")
            record_refusals(self._storage, live.version, update)
            learned = [each for each in group if learned_in(update, each.id)]
            # Put off, or a repeat of one that was. Those just refused are not in training.
            self._storage.corrections.requeue(each.id for each in group if each not in learned)
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

    def _broke(self, correction: Correction, error: str) -> None:
        self._storage.corrections.fail_attempt(correction.id, error, ATTEMPTS)
