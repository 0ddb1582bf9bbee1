"""Learning ends when its processor time is used up."""

import pytest

from emojify_core.errors import LearningTimeError
from emojify_core.ml.correction_learning.time_limit import TimeLimit
from support.clock import Ticker


def test_the_limit_counts_from_its_creation() -> None:
    """The check passes until the time is used up, and fails from then on."""
    ticker = Ticker()
    limit = TimeLimit(2.0, ticker)
    ticker.now = 1.9
    limit.check()
    assert not limit.is_over
    ticker.now = 2.0
    assert limit.is_over
    with pytest.raises(LearningTimeError):
        limit.check()


def test_what_every_update_costs_does_not_count() -> None:
    """Many earlier corrections do not make a new one too costly."""
    ticker = Ticker()
    limit = TimeLimit(2.0, ticker)
    with limit.uncounted():
        ticker.now = 50.0
    limit.check()
    ticker.now = 52.0
    assert limit.is_over
