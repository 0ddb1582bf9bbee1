"""The states of a correction and their transitions."""

import pytest

from emojify_core.correction_states import (
    ACCEPTED,
    IN_TRAINING,
    TRANSITIONS,
    CorrectionState,
    sources_of,
)
from emojify_core.errors import TransitionError
from emojify_core.storage.database.tables import CorrectionRow

S = CorrectionState


def test_every_state_has_transitions() -> None:
    """The table lists every state; none leads to itself or back to RECEIVED."""
    assert TRANSITIONS.keys() == set(CorrectionState)
    for state, targets in TRANSITIONS.items():
        assert state not in targets
        assert S.RECEIVED not in targets, "no state leads back to RECEIVED"


def test_removal_is_always_possible_and_final() -> None:
    """A person can have a text erased in any state, and it stays erased."""
    assert sources_of(S.REMOVED) == set(CorrectionState) - {S.REMOVED}
    assert TRANSITIONS[S.REMOVED] == frozenset()


def test_a_rejected_correction_is_never_learned() -> None:
    """It can only be removed."""
    assert TRANSITIONS[S.REJECTED] == {S.REMOVED}


def test_only_accepted_corrections_are_trained() -> None:
    """Unaccepted states lead neither to training nor to LIVE."""
    for state in (S.RECEIVED, S.REVIEW, S.REJECTED):
        assert not TRANSITIONS[state] & (IN_TRAINING | {S.LIVE})


def test_a_correction_in_training_can_reach_every_outcome() -> None:
    """No correction gets stuck in training."""
    for state in IN_TRAINING:
        assert {S.QUEUED, S.LIVE, S.REFUSED, S.FAILED, S.SUPERSEDED} <= TRANSITIONS[state]
    assert IN_TRAINING | {S.QUEUED} == ACCEPTED


@pytest.mark.parametrize("old", CorrectionState)
def test_a_stored_correction_refuses_other_transitions(old: CorrectionState) -> None:
    """Code that sets the state directly cannot bypass the table."""
    for new in CorrectionState:
        row = CorrectionRow(state=old)
        if new is old or new in TRANSITIONS[old]:
            row.state = new
            assert row.state is new
        else:
            with pytest.raises(TransitionError, match=f"{old} cannot become {new}"):
                row.state = new
            assert row.state is old
