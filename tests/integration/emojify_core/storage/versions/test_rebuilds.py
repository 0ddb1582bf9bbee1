"""Owners' deletions share one rebuild an hour; the administrator's undo never waits."""

import pytest

from emojify_core.errors import TransitionError
from emojify_core.limits import REBUILD_EVERY, REBUILD_SHARE
from emojify_core.storage.corrections.erasure import OWNER
from emojify_core.storage.corrections.repository import CorrectionRepository
from emojify_core.storage.versions.rebuilds import is_rebuild_due, request_rebuild
from emojify_core.storage.versions.repository import VersionRepository
from support.clock import Clock
from support.learning import Trainer, sha256


@pytest.fixture(autouse=True)
def base(versions: VersionRepository) -> None:
    """Make the shipped model version 1."""
    versions.ensure_base(sha256("base"), {})


@pytest.fixture
def learned(trainer: Trainer) -> list[str]:
    """Learn six corrections."""
    ids = [trainer.correct(f"text {number}").id for number in range(6)]
    trainer.learn(*ids)
    return ids


def delete(corrections: CorrectionRepository, name: str) -> None:
    """Delete a correction as its owner does."""
    corrections.erase_text(name, by=OWNER, why="", may_wait=True)


def is_due(corrections: CorrectionRepository) -> bool:
    """Tell whether the trainer would rebuild now."""
    return is_rebuild_due(corrections.engine, corrections.now())


def test_owners_deletions_share_one_rebuild_an_hour(
    trainer: Trainer, corrections: CorrectionRepository, clock: Clock, learned: list[str]
) -> None:
    """The text goes at once; the first rebuild, too; later deletions wait for each other."""
    first, second, third, *kept = learned
    assert not is_due(corrections)
    delete(corrections, first)
    assert is_due(corrections)
    trainer.rebuild(second, third, *kept)
    assert not is_due(corrections)
    delete(corrections, second)
    clock.forward(seconds=REBUILD_EVERY / 2)
    delete(corrections, third)
    assert (corrections.get(second).text, corrections.get(third).text) == ("", "")
    assert not is_due(corrections)
    clock.forward(seconds=REBUILD_EVERY / 2)
    assert is_due(corrections)
    trainer.rebuild(*kept)
    assert not is_due(corrections)


def test_a_long_rebuild_leaves_the_trainer_to_new_corrections(
    trainer: Trainer, corrections: CorrectionRepository, clock: Clock, learned: list[str]
) -> None:
    """Of very many corrections, gathered rebuilds take a fifth of the time at most."""
    delete(corrections, learned[0])
    trainer.rebuild(*learned[1:], seconds=REBUILD_EVERY)
    delete(corrections, learned[1])
    clock.forward(seconds=(REBUILD_SHARE - 1) * REBUILD_EVERY)
    assert not is_due(corrections)
    clock.forward(seconds=REBUILD_EVERY)
    assert is_due(corrections)


def test_learning_goes_on_while_a_rebuild_waits(
    trainer: Trainer, corrections: CorrectionRepository, clock: Clock, learned: list[str]
) -> None:
    """A version on top of the live one still holds the deleted correction, so the wait ends."""
    delete(corrections, learned[0])
    trainer.rebuild(*learned[1:])
    delete(corrections, learned[1])
    trainer.learn(trainer.correct("meanwhile").id)
    assert trainer.versions.removed_in_live() == [learned[1]]
    clock.forward(seconds=REBUILD_EVERY)
    assert is_due(corrections)


@pytest.mark.parametrize("how", ["an undo", "an undo of the deleted one", "a request"])
def test_the_administrator_does_not_wait(
    trainer: Trainer, corrections: CorrectionRepository, learned: list[str], how: str
) -> None:
    """An undo is due at once, also of what its owner deleted before."""
    delete(corrections, learned[0])
    trainer.rebuild(*learned[1:])
    delete(corrections, learned[1])
    assert not is_due(corrections)
    if how == "a request":
        assert request_rebuild(corrections.engine) == 1
    else:
        which = learned[1] if "deleted" in how else learned[2]
        corrections.erase_text(which, by="administrator", why="asked for")
    assert is_due(corrections)


def test_a_request_without_deletions_changes_nothing(
    corrections: CorrectionRepository, learned: list[str]
) -> None:
    """There is nothing to rebuild."""
    assert request_rebuild(corrections.engine) == 0
    assert not is_due(corrections)
    assert corrections.get(learned[0]).text


def test_a_version_that_learned_a_deleted_correction_cannot_be_activated(
    trainer: Trainer, corrections: CorrectionRepository, learned: list[str]
) -> None:
    """Not while the rebuild waits, and not after it."""
    later = trainer.correct("later").id
    trainer.learn(later)
    delete(corrections, learned[0])
    for _ in range(2):
        with pytest.raises(TransitionError, match="removed"):
            trainer.versions.activate(2, by="administrator", why="", requeue=True)
        trainer.rebuild(*learned[1:], later)
