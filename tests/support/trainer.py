"""The real trainer on a real database, with a fake update runner; a test may crash any step."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from emojify_core.correction_states import CorrectionState
from emojify_core.storage.corrections.records import Correction
from emojify_core.storage.factory import Storage
from support.fake_update_runner import FakeUpdateRunner
from support.learning import draft
from worker.training.training_run import TrainingRun

if TYPE_CHECKING:
    from worker.training.update_runner import UpdateRunner

STEPS = ("taken", "loaded", "trained", "judged", "written", "stored", "published")


@dataclass
class CrashableTrainer:
    """Runs trainers; counts their steps, and how often they notified the workers."""

    storage: Storage
    update_runner: FakeUpdateRunner
    steps: list[str] = field(default_factory=list)
    notified: int = 0
    crash_at: str = ""
    on_step: Callable[[str], None] = lambda _: None
    # Called once, just before the live pointer moves.
    before_publishing: Callable[[], object] = lambda: None

    def run(self, is_ours: Callable[[], bool] = lambda: True) -> int:
        """Run a trainer as a new process would."""
        training_run = TrainingRun(
            self.storage, cast("UpdateRunner", self.update_runner), self._on_step, self._notify
        )
        return training_run.run(is_ours)

    def crash(self, step: str) -> bool:
        """Run a trainer that dies at this step; tell whether it reached the step."""
        self.crash_at = step
        try:
            self.run()
        except KeyboardInterrupt:
            return True
        finally:
            self.crash_at = ""
        return False

    def correct(self, text: str, label: str = "sadness", **more: str) -> str:
        """Add a correction that is accepted at once; return its id."""
        given = draft(text, label, **more)
        return self.storage.corrections.add(given, CorrectionState.QUEUED)[0].id

    def get(self, correction_id: str) -> Correction:
        """Return the present state of a correction."""
        return self.storage.corrections.get(correction_id)

    def states(self, *ids: str) -> list[str]:
        """Return the present states of corrections."""
        return [self.get(each).state.value for each in ids]

    def live(self) -> int:
        """Return the number of the live version."""
        return self.storage.versions.live().version.version

    def held(self) -> list[str]:
        """Return the corrections of the live version, the same in the database and in its files."""
        version = self.storage.versions.live().version
        held = self.storage.versions.contents(version.version)
        assert sorted(held) == sorted(self.update_runner.models[version.sha256])
        assert self.storage.models.holds(version.sha256)
        return held

    def undo(self, correction_id: str, *, may_wait: bool = False) -> None:
        """Undo a correction; its rebuild may wait if its owner deletes it."""
        who = "owner" if may_wait else "admin"
        self.storage.corrections.erase_text(correction_id, by=who, why="asked", may_wait=may_wait)

    def _on_step(self, step: str) -> None:
        self.steps.append(step)
        self.on_step(step)
        if step == "stored":
            before_publishing, self.before_publishing = self.before_publishing, lambda: None
            before_publishing()
        if step == self.crash_at:
            raise KeyboardInterrupt

    def _notify(self) -> None:
        self.notified += 1
