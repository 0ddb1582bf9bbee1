"""The steps that a correction's page shows."""

import pytest

from emojify_core.correction_states import CorrectionState
from web.corrections.page_view import steps
from web.corrections.service import SETTLED


def test_a_refusal_claims_no_training() -> None:
    """Some texts are refused before any: the model knows none of their words."""
    path = [(step.name.value, step.kind) for step in steps(CorrectionState.REFUSED, review=False)]
    assert path == [("received", "done"), ("queued", "done"), ("refused", "stopped")]


@pytest.mark.parametrize("review", [False, True])
@pytest.mark.parametrize("state", CorrectionState)
def test_every_state_has_its_step(state: CorrectionState, *, review: bool) -> None:
    """Exactly one step is current until the correction is settled."""
    kinds = [step.kind for step in steps(state, review=review)]
    assert kinds.count("now") == (0 if state in SETTLED else 1)
    order = ["done", "now", "next", "stopped"]
    assert kinds == sorted(kinds, key=order.index)
    assert ("stopped" in kinds) == (state in SETTLED and state is not CorrectionState.LIVE)
    assert kinds[0] == "done", "the first step says that it is stored"
