"""Undoing a correction rebuilds the model without it."""

import pytest

from support.trainer import CrashableTrainer
from worker.training.sweeper import sweep


def learn_separately(trainer: CrashableTrainer, count: int) -> list[str]:
    """Learn so many corrections, each in its own version; return their ids."""
    ids = []
    for number in range(count):
        ids.append(trainer.correct(f"text {number}"))
        trainer.run()
    return ids


def test_undone_correction_is_removed_and_the_others_stay(
    trainer: CrashableTrainer,
) -> None:
    """The model is rebuilt from the base; the other corrections keep their receipts."""
    first, second, third = learn_separately(trainer, 3)
    seconds = trainer.get(first).seconds
    trainer.undo(second)
    assert trainer.run() == 1
    assert trainer.states(first, second, third) == ["live", "removed", "live"]
    assert trainer.held() == [first, third]
    version = trainer.storage.versions.live().version
    assert (version.version, version.source) == (5, 1)
    assert version.cause["kind"] == "undo"
    assert trainer.get(first).seconds == seconds
    assert trainer.notified == 4


@pytest.mark.parametrize("step", ["rebuilding", "loaded", "judged", "written", "stored"])
def test_next_trainer_finishes_the_rebuild_of_a_dead_one(
    trainer: CrashableTrainer, step: str
) -> None:
    """Until then the old version serves; the undo need not be requested again."""
    first, second = learn_separately(trainer, 2)
    trainer.undo(first)
    assert trainer.crash(step)
    assert trainer.live() == 3
    trainer.run()
    assert trainer.held() == [second]
    assert trainer.live() == 4


def test_base_goes_live_when_no_correction_remains(trainer: CrashableTrainer) -> None:
    """A correction that an administrator rolled back does not return."""
    gone = trainer.correct("rain")
    trainer.run()
    trainer.storage.versions.activate(1, by="admin", why="", requeue=False)
    rolled_back = trainer.correct("sun")
    trainer.run()
    trainer.storage.versions.activate(2, by="admin", why="", requeue=False)
    trainer.undo(gone)
    trainer.run()
    assert trainer.held() == []
    assert trainer.states(gone, rolled_back) == ["removed", "rolled_back"]


def refuse_from_now_on(trainer: CrashableTrainer, *ids: str) -> None:
    """Let the gate refuse corrections that are learned already."""
    trainer.update_runner.harmful |= set(ids)


def test_refused_rebuild_activates_an_older_version(
    trainer: CrashableTrainer,
) -> None:
    """The newest version without the undone correction goes live; the others are tried again."""
    first, second, third = learn_separately(trainer, 3)
    refuse_from_now_on(trainer, first, third)
    trainer.undo(second)
    trainer.run()
    assert trainer.states(first, second, third) == ["live", "removed", "refused"]
    assert trainer.held() == [first]
    assert trainer.storage.versions.live().version.source == 2


def test_version_without_files_is_not_activated(trainer: CrashableTrainer) -> None:
    """The base always has its files."""
    first, second, third = learn_separately(trainer, 3)
    trainer.storage.files.delete(f"models/{trainer.storage.versions.get(2).sha256}")
    refuse_from_now_on(trainer, first, third)
    trainer.undo(second)
    trainer.run()
    assert trainer.held() == []
    assert trainer.states(first, second, third) == ["refused", "removed", "refused"]


def test_failed_rebuild_still_removes_the_undone_correction(
    trainer: CrashableTrainer,
) -> None:
    """An older version goes live, and waiting corrections are learned."""
    first, second = learn_separately(trainer, 2)
    trainer.undo(first)
    waiting = trainer.correct("sun")

    def fail() -> None:
        raise RuntimeError("broken")

    trainer.update_runner.during_training = fail
    trainer.run()
    assert trainer.states(first, second, waiting) == ["removed", "live", "live"]
    assert first not in trainer.held()


def test_version_change_during_a_rebuild_restarts_it(trainer: CrashableTrainer) -> None:
    """An older rebuild does not revert an administrator's rollback."""
    first, second = learn_separately(trainer, 2)
    trainer.undo(second)
    trainer.update_runner.during_training = lambda: trainer.storage.versions.activate(
        1, by="admin", why="", requeue=False
    )
    trainer.run()
    assert trainer.states(first, second) == ["rolled_back", "removed"]
    assert trainer.held() == []


def test_undo_works_after_a_sweep(
    trainer: CrashableTrainer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A sweep keeps the files of versions that may go live again."""
    first, second = learn_separately(trainer, 2)
    assert sweep(trainer.storage, tmp_path_factory.mktemp("home")) == []
    trainer.undo(first)
    trainer.run()
    assert trainer.held() == [second]
