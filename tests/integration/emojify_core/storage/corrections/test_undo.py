"""Undoing a correction: its text is gone at once, the model follows."""

import pytest

from emojify_core.correction_states import CorrectionState
from emojify_core.errors import NotStoredError, TransitionError
from emojify_core.storage.corrections.repository import CorrectionRepository
from emojify_core.storage.versions.repository import VersionRepository
from support.learning import AFTER, BEFORE, Trainer, draft, publication, sha256

S = CorrectionState

PRIVATE = "My neighbour Eleonora Quint told me a secret"


@pytest.fixture(autouse=True)
def base(versions: VersionRepository) -> None:
    """Let the shipped model be version 1."""
    versions.ensure_base(sha256("base"), {})


def erase(corrections: CorrectionRepository, name: str) -> None:
    """Undo as an administrator does."""
    corrections.erase_text(name, by="admin", why="she asked for it")


def test_the_text_and_what_could_betray_it_are_gone(
    trainer: Trainer, corrections: CorrectionRepository
) -> None:
    """Of a removed correction remains that there was one, and what it did to the model."""
    sent = draft(PRIVATE, idempotency_key="k")
    stored, _ = corrections.add(sent, S.QUEUED)
    trainer.learn(stored.id)
    erase(corrections, stored.id)
    left = corrections.get(stored.id)
    assert left.state is S.REMOVED
    assert (left.text, left.normalised, left.error) == ("", "", None)
    assert (left.before, left.after) == (BEFORE, AFTER)
    assert (left.decided_by, left.decided_why) == ("admin", "she asked for it")


def test_a_repeated_request_does_not_bring_it_back(corrections: CorrectionRepository) -> None:
    """A client that sends again what was removed meanwhile learns just that."""
    sent = draft(PRIVATE, idempotency_key="k")
    stored, _ = corrections.add(sent)
    erase(corrections, stored.id)
    again, is_new = corrections.add(sent)
    assert (again.id, again.state, is_new) == (stored.id, S.REMOVED, False)


def test_undoing_twice_is_undoing_once(corrections: CorrectionRepository) -> None:
    """A request that is repeated finds it done."""
    stored, _ = corrections.add(draft())
    erase(corrections, stored.id)
    once = corrections.get(stored.id)
    corrections.erase_text(stored.id, by="another", why="again")
    assert corrections.get(stored.id) == once
    with pytest.raises(NotStoredError):
        erase(corrections, "unknown")


def test_until_the_rebuild_it_is_known_that_the_model_still_holds_it(
    trainer: Trainer, corrections: CorrectionRepository, versions: VersionRepository
) -> None:
    """However often the trainer dies in between, the rebuild is not forgotten."""
    gone, kept = trainer.correct("gone"), trainer.correct("kept")
    trainer.learn(gone.id, kept.id)
    assert versions.removed_in_live() == []
    erase(corrections, gone.id)
    assert versions.removed_in_live() == [gone.id]
    assert versions.held(2) == [corrections.get(kept.id)]
    rebuilt = trainer.rebuild(kept.id)
    assert versions.removed_in_live() == []
    assert versions.contents(rebuilt.version) == [kept.id]
    assert trainer.states(gone, kept) == ["removed", "live"]
    assert corrections.get(kept.id).version == rebuilt.version
    assert (rebuilt.source, rebuilt.parent) == (1, 2)


def test_what_a_rebuild_cannot_keep_is_queued_again(
    trainer: Trainer, corrections: CorrectionRepository
) -> None:
    """A rebuild that the gate only lets through without some loses none of them."""
    gone, kept, other = (trainer.correct(name) for name in ("gone", "kept", "other"))
    trainer.learn(gone.id, kept.id, other.id)
    erase(corrections, gone.id)
    trainer.rebuild(kept.id)
    assert trainer.states(gone, kept, other) == ["removed", "live", "queued"]


def test_a_correction_removed_during_its_training_is_not_published(
    trainer: Trainer, corrections: CorrectionRepository, versions: VersionRepository
) -> None:
    """Undone is undone, also for a trainer who has read the text before."""
    one = trainer.correct("text")
    trainer.take([one.id])
    erase(corrections, one.id)
    with pytest.raises(TransitionError):
        versions.publish(publication("late", 1, [one.id]), 1)


def test_if_no_rebuild_passes_the_newest_version_without_it_is_known(
    trainer: Trainer, corrections: CorrectionRepository, versions: VersionRepository
) -> None:
    """The way back that needs no training."""
    first, gone, last = (trainer.correct(name) for name in ("first", "gone", "last"))
    for one in (first, gone, last):
        trainer.learn(one.id)
    assert versions.newest_without_removed().version == 4
    erase(corrections, gone.id)
    fit = versions.newest_without_removed()
    assert fit.version == 2
    back = versions.activate(
        fit.version, by="trainer", why="no rebuild passed", requeue=True, kind="undo"
    )
    assert back.cause["kind"] == "undo"
    assert trainer.states(first, gone, last) == ["live", "removed", "queued"]
    assert versions.newest_without_removed() == back


def test_undoing_a_correction_revives_what_it_had_superseded(
    trainer: Trainer, corrections: CorrectionRepository
) -> None:
    """A prank that is undone does not leave the honest correction aside."""
    honest = trainer.correct("Tears", "sadness")
    prank = trainer.correct("tears", "joy")
    erase(corrections, prank.id)
    assert trainer.states(honest, prank) == ["queued", "removed"]
    revived = corrections.get(honest.id)
    assert (revived.superseded_by, revived.reason) == (None, None)


def test_a_revived_correction_that_the_model_holds_is_live(
    trainer: Trainer, corrections: CorrectionRepository
) -> None:
    """It will be learned again by the rebuild, not twice by a training before."""
    honest = trainer.correct("Tears", "sadness")
    trainer.learn(honest.id)
    prank = trainer.correct("tears", "joy")
    trainer.learn(prank.id)
    erase(corrections, prank.id)
    assert trainer.states(honest, prank) == ["live", "removed"]
    trainer.rebuild(honest.id)
    assert trainer.states(honest, prank) == ["live", "removed"]


def test_undoing_what_had_lost_already_revives_nothing(
    trainer: Trainer, corrections: CorrectionRepository
) -> None:
    """The opinion that holds goes on holding."""
    sent = [trainer.correct("tears", label) for label in ("sadness", "joy", "fear")]
    erase(corrections, sent[1].id)
    assert trainer.states(*sent) == ["superseded", "removed", "queued"]
