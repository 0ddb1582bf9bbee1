"""Undoing a correction erases its text at once; the model follows."""

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
    """Make the shipped model version 1."""
    versions.ensure_base(sha256("base"), {})


def erase(corrections: CorrectionRepository, name: str) -> None:
    """Undo as an administrator does."""
    corrections.erase_text(name, by="admin", why="she asked for it")


def test_erasing_deletes_the_text_and_its_traces(
    trainer: Trainer, corrections: CorrectionRepository
) -> None:
    """The record and its receipt stay; the text, its normal form and its hash do not."""
    sent = draft(PRIVATE, idempotency_key="k")
    stored, _ = corrections.add(sent, S.QUEUED)
    trainer.learn(stored.id)
    erase(corrections, stored.id)
    left = corrections.get(stored.id)
    assert left.state is S.REMOVED
    assert (left.text, left.normalised, left.error) == ("", "", None)
    assert (left.before, left.after) == (BEFORE, AFTER)
    assert (left.decided_by, left.decided_why) == ("admin", "she asked for it")


def test_a_repeated_request_does_not_restore_a_removed_text(
    corrections: CorrectionRepository,
) -> None:
    """The client gets the removed correction."""
    sent = draft(PRIVATE, idempotency_key="k")
    stored, _ = corrections.add(sent)
    erase(corrections, stored.id)
    again, is_new = corrections.add(sent)
    assert (again.id, again.state, is_new) == (stored.id, S.REMOVED, False)


def test_undoing_twice_changes_nothing_more(corrections: CorrectionRepository) -> None:
    """A repeated request finds the work done."""
    stored, _ = corrections.add(draft())
    erase(corrections, stored.id)
    once = corrections.get(stored.id)
    corrections.erase_text(stored.id, by="another", why="again")
    assert corrections.get(stored.id) == once
    with pytest.raises(NotStoredError):
        erase(corrections, "unknown")


def test_a_due_rebuild_is_known_until_it_is_done(
    trainer: Trainer, corrections: CorrectionRepository, versions: VersionRepository
) -> None:
    """A trainer that dies in between does not lose the rebuild."""
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


def test_corrections_missing_from_a_rebuild_are_queued(
    trainer: Trainer, corrections: CorrectionRepository
) -> None:
    """If the gate passes a rebuild only without some corrections, these are queued again."""
    gone, kept, other = (trainer.correct(name) for name in ("gone", "kept", "other"))
    trainer.learn(gone.id, kept.id, other.id)
    erase(corrections, gone.id)
    trainer.rebuild(kept.id)
    assert trainer.states(gone, kept, other) == ["removed", "live", "queued"]


def test_a_correction_removed_during_its_training_is_not_published(
    trainer: Trainer, corrections: CorrectionRepository, versions: VersionRepository
) -> None:
    """Undoing works even after the trainer has read the text."""
    one = trainer.correct("text")
    trainer.take([one.id])
    erase(corrections, one.id)
    with pytest.raises(TransitionError):
        versions.publish(publication("late", 1, [one.id]), 1)


def test_the_newest_version_without_a_removed_correction_is_known(
    trainer: Trainer, corrections: CorrectionRepository, versions: VersionRepository
) -> None:
    """If no rebuild passes the gate, the trainer can go back to this version."""
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


def test_undoing_a_correction_restores_what_it_superseded(
    trainer: Trainer, corrections: CorrectionRepository
) -> None:
    """Undoing a prank brings the honest correction back."""
    honest = trainer.correct("Tears", "sadness")
    prank = trainer.correct("tears", "joy")
    erase(corrections, prank.id)
    assert trainer.states(honest, prank) == ["queued", "removed"]
    revived = corrections.get(honest.id)
    assert (revived.superseded_by, revived.reason) == (None, None)


def test_a_restored_correction_in_the_model_is_live(
    trainer: Trainer, corrections: CorrectionRepository
) -> None:
    """The rebuild learns it again; no training before learns it twice."""
    honest = trainer.correct("Tears", "sadness")
    trainer.learn(honest.id)
    prank = trainer.correct("tears", "joy")
    trainer.learn(prank.id)
    erase(corrections, prank.id)
    assert trainer.states(honest, prank) == ["live", "removed"]
    trainer.rebuild(honest.id)
    assert trainer.states(honest, prank) == ["live", "removed"]


def test_undoing_a_superseded_correction_restores_nothing(
    trainer: Trainer, corrections: CorrectionRepository
) -> None:
    """The correction that won stays."""
    sent = [trainer.correct("tears", label) for label in ("sadness", "joy", "fear")]
    erase(corrections, sent[1].id)
    assert trainer.states(*sent) == ["superseded", "removed", "queued"]
