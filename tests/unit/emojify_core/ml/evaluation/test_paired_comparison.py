"""Paired comparison of two models, against values from other sources."""

from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emojify_core.ml.evaluation.paired_comparison import PairedCounts, compare


@given(st.integers(0, 60), st.integers(0, 60))
def test_the_p_value_is_the_exact_binomial_tail(worse: int, better: int) -> None:
    """The gate's McNemar test is exact, not an approximation: counted in whole numbers here."""
    flipped = worse + better
    at_least_as_bad = sum(comb(flipped, each) for each in range(worse, flipped + 1))
    counts = PairedCounts(600, worse, better)
    assert counts.p_value == pytest.approx(at_least_as_bad / 2**flipped, rel=1e-12)


def test_flips_are_counted_overall_and_by_class() -> None:
    """A loss in one class shows even when another class gains as much."""
    labels = np.array([0, 0, 0, 1, 1, 1])
    before = np.array([0, 0, 2, 1, 3, 3])
    after = np.array([1, 0, 3, 1, 1, 3])
    found = compare(before, after, labels)
    assert (found.overall.worse, found.overall.better, found.overall.loss) == (1, 1, 0)
    assert [(one.rows, one.worse, one.better) for one in found.by_class[:3]] == [
        (3, 1, 0),
        (3, 0, 1),
        (0, 0, 0),
    ]
    assert found.by_class[0].loss == pytest.approx(1 / 3)
    assert found.by_class[0].standard_error == pytest.approx(1 / 3)
    assert found.to_dict()["recall_drop"]["joy"] == 0.3333


def test_a_loss_of_macro_f1_is_a_positive_drop() -> None:
    """A model with no right prediction left has lost its whole macro-F1."""
    labels = np.arange(7)
    assert compare(labels, (labels + 1) % 7, labels).macro_f1_drop == pytest.approx(1)
