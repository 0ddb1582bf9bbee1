"""A rollback, in both directions, loses and repeats no correction."""

import pytest

from emojify_core.correction_states import CorrectionState
from emojify_core.errors import TransitionError
from emojify_core.storage.corrections.repository import CorrectionRepository
from emojify_core.storage.versions.records import Version
from emojify_core.storage.versions.repository import VersionRepository
from support.learning import Trainer, publication, sha256

S = CorrectionState


@pytest.fixture(autouse=True)
def base(versions: VersionRepository) -> None:
    """Make the shipped model version 1."""
    versions.ensure_base(sha256("base"), {})


def go(versions: VersionRepository, target: int, *, requeue: bool = True) -> Version:
    """Activate a version as an administrator does."""
    return versions.activate(target, by="admin", why="it was better", requeue=requeue)


def test_a_rollback_appends_a_version_with_the_old_files(
    trainer: Trainer, versions: VersionRepository
) -> None:
    """The history shows who rolled back, when and why."""
    old = trainer.learn(trainer.correct("one").id)
    trainer.learn(trainer.correct("two").id)
    back = go(versions, 2)
    assert versions.live() == (back, 4)
    assert (back.version, back.parent, back.source, back.sha256) == (4, 3, 2, old.sha256)
    assert back.cause == {"kind": "rollback", "by": "admin", "why": "it was better", "target": 2}
    assert (back.metrics, back.verdict) == (old.metrics, None)
    assert versions.contents(4) == versions.contents(2)


@pytest.mark.parametrize(("requeue", "state"), [(True, "queued"), (False, "rolled_back")])
def test_a_rollback_queues_or_rolls_back_other_corrections(
    trainer: Trainer, versions: VersionRepository, *, requeue: bool, state: str
) -> None:
    """The administrator chooses; no correction just disappears."""
    kept, dropped = trainer.correct("kept"), trainer.correct("dropped")
    trainer.learn(kept.id)
    trainer.learn(dropped.id)
    go(versions, 2, requeue=requeue)
    assert trainer.states(kept, dropped) == ["live", state]
    after = trainer.corrections.get(dropped.id)
    assert after.version is None
    assert bool(after.reason) is not requeue


def test_a_queued_correction_is_learned_again_after_a_rollback(
    trainer: Trainer, versions: VersionRepository
) -> None:
    """Each correction comes back once."""
    one = trainer.correct("text")
    trainer.learn(one.id)
    go(versions, 1)
    trainer.learn(one.id)
    assert trainer.corrections.get(one.id).version == 4
    assert versions.contents(4) == [one.id]


@pytest.mark.parametrize("requeue", [True, False])
def test_rolling_forward_restores_learned_corrections(
    trainer: Trainer, versions: VersionRepository, *, requeue: bool
) -> None:
    """A second rollback undoes a mistaken one, whatever the states are."""
    ids = [trainer.correct(f"text {n}") for n in range(3)]
    trainer.learn(*(one.id for one in ids))
    go(versions, 1, requeue=requeue)
    if requeue:
        trainer.corrections.move([ids[1].id], S.TRAINING)
        trainer.take([ids[2].id])
    go(versions, 2)
    assert trainer.states(*ids) == ["live", "live", "live"]
    assert {trainer.corrections.get(one.id).version for one in ids} == {2}
    assert trainer.corrections.waiting() == []


def test_the_live_version_is_not_activated_again(
    trainer: Trainer, versions: VersionRepository
) -> None:
    """A repeated request has no further effect."""
    trainer.learn(trainer.correct("one").id)
    assert go(versions, 2).version == 2
    first = go(versions, 1)
    assert go(versions, 1) == first
    assert go(versions, 3) == first
    assert versions.live().generation == 3


def test_a_training_during_a_rollback_publishes_nothing(
    trainer: Trainer, versions: VersionRepository
) -> None:
    """A candidate is useless once its base version is rolled back."""
    trainer.learn(trainer.correct("one").id)
    _, generation = versions.live()
    go(versions, 1)
    with pytest.raises(Exception, match="start again"):
        versions.publish(publication("late", 2), generation)


def test_a_rollback_restores_the_older_of_two_opposites(
    trainer: Trainer, versions: VersionRepository
) -> None:
    """The states show what the live version contains, in both directions."""
    first = trainer.correct("Tears", "sadness")
    trainer.learn(first.id)
    second = trainer.correct("tears", "joy")
    trainer.learn(second.id)
    go(versions, 2, requeue=False)
    assert trainer.states(first, second) == ["live", "rolled_back"]
    assert trainer.corrections.get(first.id).reason is None
    go(versions, 3)
    assert trainer.states(first, second) == ["superseded", "live"]


def test_a_contradicted_correction_is_not_queued_again(
    trainer: Trainer, versions: VersionRepository, corrections: CorrectionRepository
) -> None:
    """A rollback does not restore a correction that a later one replaced."""
    first = trainer.correct("Tears", "sadness")
    trainer.learn(first.id)
    second = trainer.correct("tears", "joy")
    go(versions, 1)
    assert trainer.states(first, second) == ["superseded", "queued"]
    assert corrections.get(first.id).superseded_by == second.id


def test_a_version_with_a_removed_correction_cannot_be_activated(
    trainer: Trainer, versions: VersionRepository, corrections: CorrectionRepository
) -> None:
    """An erased correction does not come back by mistake."""
    one = trainer.correct("text")
    trainer.learn(one.id)
    go(versions, 1)
    corrections.erase_text(one.id, by="admin", why="asked for")
    with pytest.raises(TransitionError, match="removed"):
        go(versions, 2)
    assert versions.live().version.version == 3
