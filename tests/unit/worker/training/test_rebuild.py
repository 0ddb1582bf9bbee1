"""Undoing: the model that comes out of it never held what was undone."""

import pytest

from support.trainer import CrashableTrainer
from worker.training.sweeper import sweep


def texts_of(trainer: CrashableTrainer, count: int) -> list[str]:
    """Return the ids of so many live corrections, each learned in a version of its own."""
    ids = []
    for number in range(count):
        ids.append(trainer.correct(f"text {number}"))
        trainer.run()
    return ids


def test_an_undone_correction_leaves_the_model_and_the_others_stay(
    trainer: CrashableTrainer,
) -> None:
    """The model is made again from the base; who was not undone keeps the receipt."""
    first, second, third = texts_of(trainer, 3)
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
def test_a_rebuild_that_dies_is_done_by_the_next_trainer(
    trainer: CrashableTrainer, step: str
) -> None:
    """Until then the old version serves; nobody has to ask again for the undoing."""
    first, second = texts_of(trainer, 2)
    trainer.undo(first)
    assert trainer.crash(step)
    assert trainer.live() == 3
    trainer.run()
    assert trainer.held() == [second]
    assert trainer.live() == 4


def test_with_nothing_left_to_hold_the_base_goes_live(trainer: CrashableTrainer) -> None:
    """And a correction that the administrator had rolled back does not come back by it."""
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
    """Let the teacher find harm in texts that it has learned before."""
    trainer.update_runner.harmful |= set(ids)


def test_a_rebuild_that_is_refused_goes_back_to_what_never_held_it(
    trainer: CrashableTrainer,
) -> None:
    """The newest such version goes live; what it does not hold is tried again by itself."""
    first, second, third = texts_of(trainer, 3)
    refuse_from_now_on(trainer, first, third)
    trainer.undo(second)
    trainer.run()
    assert trainer.states(first, second, third) == ["live", "removed", "refused"]
    assert trainer.held() == [first]
    assert trainer.storage.versions.live().version.source == 2


def test_a_version_whose_files_are_swept_is_not_gone_back_to(trainer: CrashableTrainer) -> None:
    """The base is always there."""
    first, second, third = texts_of(trainer, 3)
    trainer.storage.files.delete(f"models/{trainer.storage.versions.get(2).sha256}")
    refuse_from_now_on(trainer, first, third)
    trainer.undo(second)
    trainer.run()
    assert trainer.held() == []
    assert trainer.states(first, second, third) == ["refused", "removed", "refused"]


def test_an_error_in_a_rebuild_does_not_keep_what_was_undone_alive(
    trainer: CrashableTrainer,
) -> None:
    """An older version goes live, and others go on to be learned."""
    first, second = texts_of(trainer, 2)
    trainer.undo(first)
    waiting = trainer.correct("sun")

    def fail() -> None:
        raise RuntimeError("broken")

    trainer.update_runner.during_training = fail
    trainer.run()
    assert trainer.states(first, second, waiting) == ["removed", "live", "live"]
    assert first not in trainer.held()


def test_a_version_published_during_a_rebuild_is_rebuilt_in_turn(trainer: CrashableTrainer) -> None:
    """A rollback by the administrator is not overrun by a rebuild begun before it."""
    first, second = texts_of(trainer, 2)
    trainer.undo(second)
    trainer.update_runner.during_training = lambda: trainer.storage.versions.activate(
        1, by="admin", why="", requeue=False
    )
    trainer.run()
    assert trainer.states(first, second) == ["rolled_back", "removed"]
    assert trainer.held() == []


def test_undoing_survives_a_sweep(
    trainer: CrashableTrainer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The files of versions that can be gone back to are still there."""
    first, second = texts_of(trainer, 2)
    assert sweep(trainer.storage, tmp_path_factory.mktemp("home")) == []
    trainer.undo(first)
    trainer.run()
    assert trainer.held() == [second]
