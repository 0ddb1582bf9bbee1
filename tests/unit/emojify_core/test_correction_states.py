"""The states of a correction: each leads somewhere, and nothing comes back from removal."""

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


def test_every_state_has_its_ways_out() -> None:
    """No state is forgotten in the table."""
    assert TRANSITIONS.keys() == set(CorrectionState)
    for state, targets in TRANSITIONS.items():
        assert state not in targets
        assert S.RECEIVED not in targets, "nothing is received twice"


def test_removal_is_possible_from_everywhere_and_final() -> None:
    """A person can have her text erased whatever became of it, and it stays erased."""
    assert sources_of(S.REMOVED) == set(CorrectionState) - {S.REMOVED}
    assert TRANSITIONS[S.REMOVED] == frozenset()


def test_a_rejected_correction_never_gets_into_the_model() -> None:
    """An administrator's no is a no."""
    assert TRANSITIONS[S.REJECTED] == {S.REMOVED}


def test_what_nobody_accepted_cannot_be_trained_or_live() -> None:
    """Everything the model learns has been accepted first."""
    for state in (S.RECEIVED, S.REVIEW, S.REJECTED):
        assert not TRANSITIONS[state] & (IN_TRAINING | {S.LIVE})


def test_what_was_accepted_can_always_be_decided() -> None:
    """No correction is stuck in the middle."""
    for state in IN_TRAINING:
        assert {S.QUEUED, S.LIVE, S.REFUSED, S.FAILED, S.SUPERSEDED} <= TRANSITIONS[state]
    assert IN_TRAINING | {S.QUEUED} == ACCEPTED


@pytest.mark.parametrize("old", CorrectionState)
def test_a_stored_correction_refuses_every_other_change(old: CorrectionState) -> None:
    """Even code that sets a state by itself cannot leave the table."""
    for new in CorrectionState:
        row = CorrectionRow(state=old)
        if new is old or new in TRANSITIONS[old]:
            row.state = new
            assert row.state is new
        else:
            with pytest.raises(TransitionError, match=f"{old} cannot become {new}"):
                row.state = new
            assert row.state is old
