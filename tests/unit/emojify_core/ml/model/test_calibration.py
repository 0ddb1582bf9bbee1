"""Temperature scaling and the measures of calibration, against answers worked out by hand."""

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


def test_softmax_of_huge_logits_is_still_a_probability() -> None:
    """No text can make the answer NaN by being too clear a case."""
    probabilities = softmax(np.array([[1e4, 0.0, -1e4], [0.0, 0.0, 0.0]], dtype=np.float32))
    assert probabilities.dtype == np.float32
    assert probabilities[0].tolist() == [1.0, 0.0, 0.0]
    assert probabilities[1] == pytest.approx([1 / 3] * 3)


def test_a_higher_temperature_is_less_sure_of_the_same_answer() -> None:
    """Calibration changes how sure the model is, never what it answers."""
    logits = np.random.default_rng(1).normal(size=(50, 7))
    cool, warm = softmax(logits, 1.0), softmax(logits, 3.0)
    assert (cool.argmax(axis=1) == warm.argmax(axis=1)).all()
    assert (cool.max(axis=1) > warm.max(axis=1)).all()


@pytest.mark.parametrize("true_temperature", [0.4, 1.0, 2.5])
def test_the_temperature_that_made_the_labels_is_found_again(true_temperature: float) -> None:
    """With many rows the fit recovers how over- or underconfident the logits are."""
    random = np.random.default_rng(2)
    logits = random.normal(0, 3, (40_000, 7))
    chances = softmax(logits, true_temperature).cumsum(axis=1)
    labels = (random.random((len(logits), 1)) > chances).sum(axis=1).clip(0, 6)
    assert fit_temperature(logits, labels) == pytest.approx(true_temperature, rel=0.03)


def test_no_other_temperature_is_better_than_the_fitted_one() -> None:
    """The fit is at the bottom of the loss, not merely near it."""
    random = np.random.default_rng(3)
    logits = random.normal(0, 2, (300, 7))
    labels = np.where(random.random(300) < 0.6, logits.argmax(axis=1), random.integers(0, 7, 300))
    best = fit_temperature(logits, labels)
    least = negative_log_likelihood(softmax(logits, best), labels)
    for other in np.geomspace(0.2, 9, 60):
        assert least <= negative_log_likelihood(softmax(logits, other), labels) + 1e-9


def test_likelihood_of_a_coin_is_log_two() -> None:
    """Half a chance for each right class costs log 2 a row."""
    assert negative_log_likelihood(np.full((4, 2), 0.5), np.array([0, 1, 0, 1])) == pytest.approx(
        np.log(2)
    )


def test_a_model_right_as_often_as_it_says_has_no_calibration_error() -> None:
    """80 % sure and right in 8 of 10 is perfect; right in 5 of 10 is off by .3."""
    probabilities = np.tile([0.8, 0.2], (10, 1))
    eight = np.array([0] * 8 + [1] * 2)
    five = np.array([0] * 5 + [1] * 5)
    assert expected_calibration_error(probabilities, eight) == pytest.approx(0.0)
    assert expected_calibration_error(probabilities, five) == pytest.approx(0.3)


def test_bins_are_weighted_by_their_rows() -> None:
    """Three rows off by .1 and one off by .4 make (3 * .1 + .4) / 4."""
    probabilities = np.array([[0.9, 0.1]] * 3 + [[0.6, 0.4]])
    labels = np.array([0, 0, 0, 0])
    assert expected_calibration_error(probabilities, labels) == pytest.approx(0.7 / 4)


def test_certainty_falls_into_the_last_bin_and_empty_bins_say_so() -> None:
    """A probability of exactly 1 is counted; a bin without rows has no accuracy."""
    confidence, accuracy, rows = reliability_bins(np.array([[1.0, 0.0]]), np.array([0]), bins=10)
    assert rows.tolist() == [0] * 9 + [1]
    assert (confidence[-1], accuracy[-1]) == (1.0, 1.0)
    assert np.isnan(accuracy[:-1]).all()


def test_the_threshold_keeps_as_many_answers_as_the_accuracy_allows() -> None:
    """The lowest confidence is taken above which four of five are right."""
    top = np.array([0.9, 0.85, 0.8, 0.75, 0.7, 0.6])
    probabilities = np.stack([top, 1 - top], axis=1)
    labels = np.array([0, 0, 0, 1, 0, 1])  # right, right, right, wrong, right, wrong
    assert confidence_threshold(probabilities, labels, 0.8) == pytest.approx(0.7)


def test_rows_of_equal_confidence_are_not_parted() -> None:
    """A threshold that would need to cut between equals is not offered."""
    probabilities = np.tile([0.8, 0.2], (4, 1))
    assert confidence_threshold(probabilities, np.array([0, 0, 1, 1]), 0.8) == 1.0


def test_true_probabilities_lie_in_their_own_range_and_boasts_do_not() -> None:
    """What chance explains is told from what it does not."""
    random = np.random.default_rng(3)
    top = random.uniform(0.4, 0.9, 2_000)
    probabilities = np.stack([top, (1 - top) * 0.6, (1 - top) * 0.4], axis=1)
    labels = np.where(random.random(2_000) < top, 0, 1)
    low, high = ece_range_if_calibrated(probabilities, draws=200)
    assert low < expected_calibration_error(probabilities, labels) < high
    boast = np.where(random.random(2_000) < top - 0.15, 0, 1)
    assert expected_calibration_error(probabilities, boast) > high
