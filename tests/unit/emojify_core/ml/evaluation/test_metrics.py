"""The measures in reports, against answers worked out by hand."""

import numpy as np
import pytest

from emojify_core.ml.evaluation.metrics import (
    MEASURES,
    confusion_matrix,
    estimate,
    macro_f1,
    per_class,
)


def one_hot(answers: list[int], top: float = 0.9) -> np.ndarray:
    """Probabilities (rows, 7) that give `top` to each answer."""
    probabilities = np.full((len(answers), 7), (1 - top) / 6)
    probabilities[np.arange(len(answers)), answers] = top
    return probabilities


def test_the_confusion_matrix_counts_truth_down_and_answers_across() -> None:
    """Row 0, column 1 holds joy taken for fear."""
    matrix = confusion_matrix(np.array([1, 0, 6]), np.array([0, 0, 6]))
    assert (matrix[0, 0], matrix[0, 1], matrix[6, 6], matrix.sum()) == (1, 1, 1, 3)


def test_scores_of_a_class_follow_from_its_counts() -> None:
    """Two of three joys found, one answer of joy wrong: precision, recall and F1 of 2/3."""
    matrix = confusion_matrix(np.array([0, 0, 1, 0]), np.array([0, 0, 0, 1]))
    joy = per_class(matrix)[0]
    assert joy["label"] == "joy"
    assert joy["rows"] == 3
    assert [joy[name] for name in ("precision", "recall", "f1")] == pytest.approx([2 / 3] * 3)


def test_macro_f1_counts_every_class_the_same() -> None:
    """All right in one class of seven and nothing in the others is a seventh."""
    assert macro_f1(confusion_matrix(np.array([0, 0]), np.array([0, 0]))) == pytest.approx(1 / 7)


def test_the_second_guess_counts_for_top_two() -> None:
    """A right class in second place is right among the first two, not in accuracy."""
    probabilities = np.array([[0.5, 0.4, 0.1, 0, 0, 0, 0]])
    confident = np.array([True])
    labels = np.array([1])
    assert MEASURES["accuracy"](probabilities, confident, labels) == 0.0
    assert MEASURES["top_2_accuracy"](probabilities, confident, labels) == 1.0


def test_accuracy_when_confident_looks_at_those_rows_alone() -> None:
    """Being wrong where it says it is unsure does not count against the model."""
    probabilities, labels = one_hot([0, 1, 2, 3]), np.array([0, 1, 0, 0])
    confident = np.array([True, True, False, False])
    assert MEASURES["coverage"](probabilities, confident, labels) == 0.5
    assert MEASURES["confident_accuracy"](probabilities, confident, labels) == 1.0


def test_intervals_hold_the_value_and_are_the_same_each_time() -> None:
    """A report can be made again to the last digit."""
    random = np.random.default_rng(0)
    labels = random.integers(0, 7, 300)
    answers = np.where(random.random(300) < 0.6, labels, random.integers(0, 7, 300))
    given = (one_hot(answers.tolist()), random.random(300) < 0.5, labels)
    first, second = (estimate(*given, resamples=100) for _ in range(2))
    assert first == second
    accuracy = first["accuracy"]
    assert accuracy.low < accuracy.value < accuracy.high
    # The textbook's standard error of a share, within what 100 resamples can tell.
    width = 2 * 1.96 * np.sqrt(accuracy.value * (1 - accuracy.value) / 300)
    assert accuracy.high - accuracy.low == pytest.approx(width, rel=0.35)


def test_a_model_that_is_never_confident_has_no_accuracy_when_confident() -> None:
    """Nothing to judge is said as such, not as a zero."""
    labels = np.array([0, 1])
    result = estimate(one_hot([0, 1]), np.array([False, False]), labels, resamples=10)
    assert result["coverage"].value == 0.0
    assert np.isnan([result["confident_accuracy"].value, result["confident_accuracy"].low]).all()
