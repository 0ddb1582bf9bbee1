"""A correction's way as the page tells it."""

import pytest

from emojify_core.correction_states import CorrectionState
from web.corrections.page_view import steps
from web.corrections.service import SETTLED


@pytest.mark.parametrize("review", [False, True])
@pytest.mark.parametrize("state", CorrectionState)
def test_every_state_has_its_place_on_the_way(state: CorrectionState, *, review: bool) -> None:
    """One step is the present one until it is settled; then none is, and nothing is left over."""
    kinds = [step.kind for step in steps(state, review=review)]
    assert kinds.count("now") == (0 if state in SETTLED else 1)
    order = ["done", "now", "next", "stopped"]
    assert kinds == sorted(kinds, key=order.index)
    assert ("stopped" in kinds) == (state in SETTLED and state is not CorrectionState.LIVE)
    assert kinds[0] == "done", "that it is kept is told first"
