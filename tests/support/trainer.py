"""The trainer's own code on real SQL, with a fake teacher, that a test may crash at any step."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, cast

from emojify_core.correction_states import CorrectionState
from emojify_core.storage.corrections.records import Correction
from emojify_core.storage.factory import Storage
from emojify_core.tokenizer import normalise
from support.fake_teacher import FakeTeacher
from support.learning import draft
from worker.training.training_run import TrainingRun

if TYPE_CHECKING:
    from worker.training.update_runner import UpdateRunner

STEPS = ("taken", "loaded", "trained", "judged", "written", "stored", "published")


@dataclass
class TrainerAtWork:
    """Runs of the trainer; the steps that it told of, and how often it announced a version."""

    storage: Storage
    teacher: FakeTeacher
    heard: list[str] = field(default_factory=list)
    announced: int = 0
    die_at: str = ""
    hear: Callable[[str], None] = lambda _: None  # called at each step
    at_stored: Callable[[], object] = lambda: None  # happens once, just before the pointer moves

    def run(self, is_ours: Callable[[], bool] = lambda: True) -> int:
        """Run a trainer as if the process had just been started."""
        learning = TrainingRun(
            self.storage, cast("UpdateRunner", self.teacher), self._on_step, self._announce
        )
        return learning.run(is_ours)

    def crash(self, step: str) -> bool:
        """Run a trainer that dies at this step; tell whether it came to it."""
        self.die_at = step
        try:
            self.run()
        except KeyboardInterrupt:
            return True
        finally:
            self.die_at = ""
        return False

    def correct(self, text: str, label: str = "sadness") -> str:
        """Add a correction that is accepted at once; return its id."""
        sent = replace(draft(text, label), normalised=normalise(text))
        return self.storage.corrections.add(sent, CorrectionState.QUEUED)[0].id

    def get(self, correction_id: str) -> Correction:
        """Return a correction as it is now."""
        return self.storage.corrections.get(correction_id)

    def states(self, *ids: str) -> list[str]:
        """Return their states as they are now."""
        return [self.get(each).state.value for each in ids]

    def live(self) -> int:
        """Return the number of the live version."""
        return self.storage.versions.live().version.version

    def held(self) -> list[str]:
        """Return what SQL says that the live version holds; its files must hold the same."""
        version = self.storage.versions.live().version
        held = self.storage.versions.contents(version.version)
        assert sorted(held) == sorted(self.teacher.models[version.sha256])
        assert self.storage.models.holds(version.sha256)
        return held

    def undo(self, correction_id: str) -> None:
        """Undo a correction."""
        self.storage.corrections.erase_text(correction_id, by="admin", why="asked")

    def _on_step(self, step: str) -> None:
        self.heard.append(step)
        self.hear(step)
        if step == "stored":
            at_stored, self.at_stored = self.at_stored, lambda: None
            at_stored()
        if step == self.die_at:
            raise KeyboardInterrupt

    def _announce(self) -> None:
        self.announced += 1
