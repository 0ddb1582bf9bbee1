"""Measures of predicted probabilities against labels, with bootstrap intervals.

F1 and the confusion matrix stay our own: scikit-learn's take 150 times as long, and the bootstrap
calls them a thousand times.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emojify_core.labels import LABELS
from emojify_core.ml.model.calibration import (
    Floats,
    Labels,
    expected_calibration_error,
    negative_log_likelihood,
)

RESAMPLES = 1_000
INTERVAL = (2.5, 97.5)  # percentiles

Matrix = NDArray[np.int64]
Measure = Callable[[Floats, NDArray[np.bool_], Labels], float]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A measure and its 95 % interval over resampled rows; NaN if no row counts."""

    value: float
    low: float
    high: float


def confusion_matrix(predicted: NDArray[np.integer], labels: Labels) -> Matrix:
    """Count rows by true class (down) and predicted class (across): (7, 7).

    Takes predicted (rows,) and labels (rows,), both as positions in LABELS.
    """
    n = len(LABELS)
    pairs = np.asarray(labels) * n + np.asarray(predicted)
    return np.bincount(pairs, minlength=n * n).reshape(n, n).astype(np.int64)


def class_scores(confusion: Matrix) -> tuple[Floats, Floats, Floats]:
    """Return precision, recall and F1 of each class, (7,) each; 0 where the divisor is 0."""
    right = np.diag(confusion).astype(np.float64)
    precision = right / np.maximum(confusion.sum(axis=0), 1)
    recall = right / np.maximum(confusion.sum(axis=1), 1)
    total = precision + recall
    f1 = np.where(total > 0, 2 * precision * recall / np.maximum(total, 1e-12), 0)
    return precision, recall, f1


def macro_f1(confusion: Matrix) -> float:
    """Return the unweighted mean of the classes' F1; `confusion` is (7, 7)."""
    return float(class_scores(confusion)[2].mean())


def _top_2(probabilities: Floats, _confident: NDArray[np.bool_], labels: Labels) -> float:
    best_two = np.argsort(-probabilities, axis=1, kind="stable")[:, :2]
    return float((best_two == labels[:, None]).any(axis=1).mean())


def _confident_accuracy(
    probabilities: Floats, confident: NDArray[np.bool_], labels: Labels
) -> float:
    if not confident.any():
        return float("nan")
    return float((probabilities.argmax(axis=1) == labels)[confident].mean())


# By their names in reports.
MEASURES: Mapping[str, Measure] = {
    "accuracy": lambda probabilities, _, labels: float(
        (probabilities.argmax(axis=1) == labels).mean()
    ),
    "macro_f1": lambda probabilities, _, labels: macro_f1(
        confusion_matrix(probabilities.argmax(axis=1), labels)
    ),
    "top_2_accuracy": _top_2,
    "nll": lambda probabilities, _, labels: negative_log_likelihood(probabilities, labels),
    "ece": lambda probabilities, _, labels: expected_calibration_error(probabilities, labels),
    "coverage": lambda _, confident, __: float(confident.mean()),  # share of confident rows
    "confident_accuracy": _confident_accuracy,
}


def estimate(
    probabilities: Floats,
    confident: NDArray[np.bool_],
    labels: Labels,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> dict[str, Estimate]:
    """Compute all `MEASURES`, with percentile bootstrap intervals (Efron, 1979).

    Takes probabilities (rows, 7), confident (rows,) and labels (rows,). The same seed gives the
    same intervals. The calibration error's interval lies high: resampling adds noise to each bin.
    """
    random = np.random.default_rng(seed)
    draws: dict[str, list[float]] = {name: [] for name in MEASURES}
    for _ in range(resamples):
        rows = random.integers(0, len(labels), len(labels))
        for name, measure in MEASURES.items():
            draws[name].append(measure(probabilities[rows], confident[rows], labels[rows]))
    return {
        name: Estimate(measure(probabilities, confident, labels), *_interval(draws[name]))
        for name, measure in MEASURES.items()
    }


def _interval(draws: list[float]) -> tuple[float, float]:
    """Return the 95 % interval of the draws that are not NaN; NaN if all are."""
    usable = np.array([draw for draw in draws if not np.isnan(draw)])
    if not usable.size:
        return float("nan"), float("nan")
    low, high = np.percentile(usable, INTERVAL)
    return float(low), float(high)


def per_class(confusion: Matrix) -> list[dict[str, Any]]:
    """Return each class's name, scores, and how often it is true and answered.

    `confusion` is (7, 7).
    """
    rows, answered = confusion.sum(axis=1), confusion.sum(axis=0)
    scores = zip(LABELS, *class_scores(confusion), rows, answered, strict=True)
    return [
        {
            "label": label,
            "precision": float(precision),
            "recall": float(recall),
            "f1": float(f1),
            "rows": int(n),
            "answered": int(m),
        }
        for label, precision, recall, f1, n, m in scores
    ]
