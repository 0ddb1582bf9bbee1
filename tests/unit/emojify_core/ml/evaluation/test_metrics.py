"""The measures in reports, against values computed by hand."""

import numpy as np
import pytest

from emojify_core.ml.evaluation.metrics import (
    MEASURES,
    confusion_matrix,
    estimate,
    macro_f1,
    per_class,
)


def predict(labels: list[int], top: float = 0.9) -> np.ndarray:
    """Return probabilities (rows, 7) with `top` for each row's label."""
    probabilities = np.full((len(labels), 7), (1 - top) / 6)
    probabilities[np.arange(len(labels)), labels] = top
    return probabilities


def test_the_confusion_matrix_has_true_classes_down_and_predicted_across() -> None:
    """Row 0, column 1 counts joy predicted as fear."""
    matrix = confusion_matrix(np.array([1, 0, 6]), np.array([0, 0, 6]))
    assert (matrix[0, 0], matrix[0, 1], matrix[6, 6], matrix.sum()) == (1, 1, 1, 3)


def test_precision_recall_and_f1_of_a_class_follow_from_its_counts() -> None:
    """Two of three joys found and one false joy give precision, recall and F1 of 2/3."""
    matrix = confusion_matrix(np.array([0, 0, 1, 0]), np.array([0, 0, 0, 1]))
    joy = per_class(matrix)[0]
    assert joy["label"] == "joy"
    assert joy["rows"] == 3
    assert [joy[name] for name in ("precision", "recall", "f1")] == pytest.approx([2 / 3] * 3)


def test_macro_f1_weights_all_classes_equally() -> None:
    """A perfect score in one class of seven and none in the others is a seventh."""
    assert macro_f1(confusion_matrix(np.array([0, 0]), np.array([0, 0]))) == pytest.approx(1 / 7)


def test_the_second_label_counts_for_top_2_accuracy() -> None:
    """A right label in second place counts for top-2 accuracy but not for accuracy."""
    probabilities = np.array([[0.5, 0.4, 0.1, 0, 0, 0, 0]])
    confident = np.array([True])
    labels = np.array([1])
    assert MEASURES["accuracy"](probabilities, confident, labels) == 0.0
    assert MEASURES["top_2_accuracy"](probabilities, confident, labels) == 1.0


def test_confident_accuracy_counts_only_confident_rows() -> None:
    """Wrong predictions that are not confident do not count."""
    probabilities, labels = predict([0, 1, 2, 3]), np.array([0, 1, 0, 0])
    confident = np.array([True, True, False, False])
    assert MEASURES["coverage"](probabilities, confident, labels) == 0.5
    assert MEASURES["confident_accuracy"](probabilities, confident, labels) == 1.0


def test_intervals_contain_the_value_and_are_reproducible() -> None:
    """A second evaluation gives the same report to the last digit."""
    random = np.random.default_rng(0)
    labels = random.integers(0, 7, 300)
    predicted = np.where(random.random(300) < 0.6, labels, random.integers(0, 7, 300))
    rows = (predict(predicted.tolist()), random.random(300) < 0.5, labels)
    first, second = (estimate(*rows, resamples=100) for _ in range(2))
    assert first == second
    accuracy = first["accuracy"]
    assert accuracy.low < accuracy.value < accuracy.high
    # The normal approximation of a proportion, as closely as 100 resamples can match it.
    width = 2 * 1.96 * np.sqrt(accuracy.value * (1 - accuracy.value) / 300)
    assert accuracy.high - accuracy.low == pytest.approx(width, rel=0.35)


def test_confident_accuracy_is_nan_without_confident_rows() -> None:
    """A missing value is NaN, not zero."""
    labels = np.array([0, 1])
    result = estimate(predict([0, 1]), np.array([False, False]), labels, resamples=10)
    assert result["coverage"].value == 0.0
    assert np.isnan([result["confident_accuracy"].value, result["confident_accuracy"].low]).all()
