"""Corrections change state only as the table of transitions allows."""

from threading import Barrier, Thread

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from emojify_core.correction_states import TRANSITIONS, CorrectionState
from emojify_core.errors import NotStoredError, UnstorableTextError
from emojify_core.storage.corrections.repository import CorrectionRepository
from emojify_core.storage.database.tables import CorrectionRow
from emojify_core.storage.database.transactions import write_transaction
from support.clock import Clock
from support.learning import Trainer, draft

S = CorrectionState

MOVABLE = [S.REVIEW, S.QUEUED, S.TRAINING, S.CHECKING, S.REFUSED, S.FAILED, S.REJECTED]


def in_state(corrections: CorrectionRepository, state: CorrectionState) -> str:
    """Return the id of a correction in this state."""
    stored, _ = corrections.add(draft(f"in {state}"))

    def work(session: Session) -> None:
        row = update(CorrectionRow).where(CorrectionRow.id == stored.id)
        session.execute(row.values(state=state))

    write_transaction(corrections.engine, work)
    return stored.id


@pytest.mark.parametrize("to", MOVABLE)
def test_a_correction_follows_the_table_of_transitions(
    corrections: CorrectionRepository, to: CorrectionState
) -> None:
    """No caller can force an impossible transition."""
    for source in CorrectionState:
        name = in_state(corrections, source)
        allowed = to in TRANSITIONS[source] and source not in {S.LIVE, S.SUPERSEDED}
        assert corrections.move([name], to) == ([name] if allowed else []), source
        assert corrections.get(name).state is (to if allowed else source)


@pytest.mark.parametrize("to", [S.LIVE, S.SUPERSEDED, S.ROLLED_BACK, S.REMOVED])
def test_states_set_by_other_operations_cannot_be_set(
    corrections: CorrectionRepository, to: CorrectionState
) -> None:
    """A correction is not live unless a version contains it."""
    name = in_state(corrections, S.QUEUED)
    with pytest.raises(ValueError, match=to.value):
        corrections.move([name], to)
    assert corrections.get(name).state is S.QUEUED


def test_move_skips_corrections_that_may_not_move(corrections: CorrectionRepository) -> None:
    """A correction that another process decided does not block the others."""
    queued, review = in_state(corrections, S.QUEUED), in_state(corrections, S.REVIEW)
    assert corrections.move([review, "unknown", queued], S.TRAINING) == [queued]
    assert corrections.move([], S.TRAINING) == []


def test_a_decision_is_stored_with_its_author_and_reason(
    corrections: CorrectionRepository, clock: Clock
) -> None:
    """The client sees the reason; the administrator is on record."""
    name = in_state(corrections, S.REVIEW)
    clock.forward(minutes=1)
    corrections.move([name], S.REJECTED, reason="It is spam.", by="admin", why="ten at once")
    stored = corrections.get(name)
    assert (stored.reason, stored.decided_by, stored.decided_why) == (
        "It is spam.",
        "admin",
        "ten at once",
    )
    assert stored.updated_at == clock.time
    with pytest.raises(UnstorableTextError, match="why"):
        corrections.move([name], S.QUEUED, by="admin", why="a\0b")


def test_one_of_two_concurrent_moves_wins(corrections: CorrectionRepository) -> None:
    """Two trainers never train the same correction."""
    names = [in_state(corrections, S.QUEUED) for _ in range(5)]
    barrier, won = Barrier(6), []

    def take() -> None:
        barrier.wait(10)
        won.extend(corrections.move(names, S.TRAINING))

    racers = [Thread(target=take) for _ in range(6)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert sorted(won) == sorted(names)


def test_a_failed_training_is_retried_up_to_the_limit(
    corrections: CorrectionRepository, trainer: Trainer
) -> None:
    """A correction that kills the trainer does not do so forever."""
    poison = trainer.correct("poison").id
    for attempt in (1, 2):
        trainer.take([poison])
        stored = corrections.fail_attempt(poison, "out of memory\0\ud83d", limit=3)
        assert (stored.state, stored.attempts) == (S.QUEUED, attempt)
        assert stored.error == "out of memory?"
    corrections.move([poison], S.TRAINING)
    stored = corrections.fail_attempt(poison, "out of memory", limit=3)
    assert (stored.state, stored.attempts) == (S.FAILED, 3)
    assert stored.reason == "Training failed 3 times with this correction, so it was left out."
    assert corrections.waiting() == []


def test_a_late_failure_does_not_change_a_decision(corrections: CorrectionRepository) -> None:
    """A late report of a failed training changes nothing."""
    for state in set(CorrectionState) - {S.QUEUED, S.TRAINING, S.CHECKING}:
        name = in_state(corrections, state)
        assert corrections.fail_attempt(name, "late", limit=1).state is state
    with pytest.raises(NotStoredError):
        corrections.fail_attempt("unknown", "late", limit=1)
