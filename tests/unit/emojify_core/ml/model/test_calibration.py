"""Temperature scaling and measures of calibration, against values computed by hand."""

import numpy as np
import pytest

from emojify_core.ml.model.calibration import (
    confidence_threshold,
    ece_range_if_calibrated,
    expected_calibration_error,
    fit_temperature,
    negative_log_likelihood,
    reliability_bins,
    softmax,
)


def test_softmax_of_huge_logits_does_not_overflow() -> None:
    """No text can make the prediction NaN."""
    probabilities = softmax(np.array([[1e4, 0.0, -1e4], [0.0, 0.0, 0.0]], dtype=np.float32))
    assert probabilities.dtype == np.float32
    assert probabilities[0].tolist() == [1.0, 0.0, 0.0]
    assert probabilities[1] == pytest.approx([1 / 3] * 3)


def test_a_higher_temperature_is_less_sure_of_the_same_label() -> None:
    """Calibration changes the confidence, never the label."""
    logits = np.random.default_rng(1).normal(size=(50, 7))
    cool, warm = softmax(logits, 1.0), softmax(logits, 3.0)
    assert (cool.argmax(axis=1) == warm.argmax(axis=1)).all()
    assert (cool.max(axis=1) > warm.max(axis=1)).all()


@pytest.mark.parametrize("true_temperature", [0.4, 1.0, 2.5])
def test_fitting_recovers_the_true_temperature(true_temperature: float) -> None:
    """With many rows the fit finds how over- or underconfident the logits are."""
    random = np.random.default_rng(2)
    logits = random.normal(0, 3, (40_000, 7))
    chances = softmax(logits, true_temperature).cumsum(axis=1)
    labels = (random.random((len(logits), 1)) > chances).sum(axis=1).clip(0, 6)
    assert fit_temperature(logits, labels) == pytest.approx(true_temperature, rel=0.03)


def test_no_other_temperature_has_a_lower_loss() -> None:
    """The fit finds the minimum, not only its neighbourhood."""
    random = np.random.default_rng(3)
    logits = random.normal(0, 2, (300, 7))
    labels = np.where(random.random(300) < 0.6, logits.argmax(axis=1), random.integers(0, 7, 300))
    best = fit_temperature(logits, labels)
    least = negative_log_likelihood(softmax(logits, best), labels)
    for other in np.geomspace(0.2, 9, 60):
        assert least <= negative_log_likelihood(softmax(logits, other), labels) + 1e-9


def test_the_likelihood_of_a_coin_is_log_two() -> None:
    """A probability of one half costs log 2 per row."""
    assert negative_log_likelihood(np.full((4, 2), 0.5), np.array([0, 1, 0, 1])) == pytest.approx(
        np.log(2)
    )


def test_a_calibrated_model_has_no_calibration_error() -> None:
    """At 80 % confidence, 8 of 10 right is perfect; 5 of 10 is off by .3."""
    probabilities = np.tile([0.8, 0.2], (10, 1))
    eight = np.array([0] * 8 + [1] * 2)
    five = np.array([0] * 5 + [1] * 5)
    assert expected_calibration_error(probabilities, eight) == pytest.approx(0.0)
    assert expected_calibration_error(probabilities, five) == pytest.approx(0.3)


def test_bins_are_weighted_by_their_rows() -> None:
    """Three rows off by .1 and one off by .4 give (3 * .1 + .4) / 4."""
    probabilities = np.array([[0.9, 0.1]] * 3 + [[0.6, 0.4]])
    labels = np.array([0, 0, 0, 0])
    assert expected_calibration_error(probabilities, labels) == pytest.approx(0.7 / 4)


def test_certainty_is_in_the_last_bin_and_empty_bins_are_nan() -> None:
    """A probability of exactly 1 counts; a bin without rows has no accuracy."""
    confidence, accuracy, rows = reliability_bins(np.array([[1.0, 0.0]]), np.array([0]), bins=10)
    assert rows.tolist() == [0] * 9 + [1]
    assert (confidence[-1], accuracy[-1]) == (1.0, 1.0)
    assert np.isnan(accuracy[:-1]).all()


def test_the_threshold_is_the_lowest_that_reaches_the_accuracy() -> None:
    """At and above the threshold four of five predictions are right."""
    top = np.array([0.9, 0.85, 0.8, 0.75, 0.7, 0.6])
    probabilities = np.stack([top, 1 - top], axis=1)
    labels = np.array([0, 0, 0, 1, 0, 1])  # right, right, right, wrong, right, wrong
    assert confidence_threshold(probabilities, labels, 0.8) == pytest.approx(0.7)


def test_a_threshold_cannot_separate_equal_confidences() -> None:
    """Without a threshold that reaches the accuracy, nothing is confident."""
    probabilities = np.tile([0.8, 0.2], (4, 1))
    assert confidence_threshold(probabilities, np.array([0, 0, 1, 1]), 0.8) == 1.0


def test_an_overconfident_model_exceeds_the_range_of_chance() -> None:
    """The range separates chance from miscalibration."""
    random = np.random.default_rng(3)
    top = random.uniform(0.4, 0.9, 2_000)
    probabilities = np.stack([top, (1 - top) * 0.6, (1 - top) * 0.4], axis=1)
    labels = np.where(random.random(2_000) < top, 0, 1)
    low, high = ece_range_if_calibrated(probabilities, draws=200)
    assert low < expected_calibration_error(probabilities, labels) < high
    overconfident = np.where(random.random(2_000) < top - 0.15, 0, 1)
    assert expected_calibration_error(probabilities, overconfident) > high
