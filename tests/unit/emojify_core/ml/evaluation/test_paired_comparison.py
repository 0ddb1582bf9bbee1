"""Paired comparison of two models, against values worked out elsewhere."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from emojify_core.ml.evaluation.paired_comparison import PairedCounts, compare


@given(st.integers(0, 60), st.integers(0, 60))
def test_the_p_value_is_the_exact_binomial_one(worse: int, better: int) -> None:
    """The gate's test is the textbook one, not an approximation of it."""
    flips = PairedCounts(600, worse, better)
    if worse + better == 0:
        assert flips.p_value == 1
    else:
        exact = binomtest(worse, worse + better, 0.5, alternative="greater").pvalue
        assert flips.p_value == pytest.approx(exact)


def test_flips_are_counted_in_all_and_by_class() -> None:
    """A loss in one class shows even where another gains as much."""
    labels = np.array([0, 0, 0, 1, 1, 1])
    before = np.array([0, 0, 2, 1, 3, 3])
    after = np.array([1, 0, 3, 1, 1, 3])
    found = compare(before, after, labels)
    assert (found.flips.worse, found.flips.better, found.flips.loss) == (1, 1, 0)
    assert [(one.rows, one.worse, one.better) for one in found.by_class[:3]] == [
        (3, 1, 0),
        (3, 0, 1),
        (0, 0, 0),
    ]
    assert found.by_class[0].loss == pytest.approx(1 / 3)
    assert found.by_class[0].standard_error == pytest.approx(1 / 3)
    assert found.to_dict()["recall_drop"]["joy"] == 0.3333


def test_the_drop_of_macro_f1_is_positive_for_a_loss() -> None:
    """A model that answers nothing right any more has lost all it had."""
    labels = np.arange(7)
    assert compare(labels, (labels + 1) % 7, labels).macro_f1_drop == pytest.approx(1)
