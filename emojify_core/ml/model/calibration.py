"""Probabilities one can take at their word: temperature scaling and how to measure it.

One number divides all logits; it changes no answer, only how sure the model says it is (Guo et
al., 2017, "On Calibration of Modern Neural Networks"). Only numpy is needed.
"""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Real = TypeVar("Real", np.float32, np.float64)
Floats = NDArray[np.float32] | NDArray[np.float64]
Labels = NDArray[np.integer]

# Temperatures looked at: a factor of 10 to both sides of "as it is".
LOWEST, HIGHEST = 0.1, 10.0
CLOSE_ENOUGH = 1e-6  # relative
GOLDEN = (5**0.5 - 1) / 2


def softmax(logits: NDArray[Real], temperature: float = 1.0) -> NDArray[Real]:
    """Turn logits (n, classes) into probabilities that sum to one in each row."""
    scaled = logits / temperature
    scaled = scaled - scaled.max(axis=-1, keepdims=True)  # exp never overflows
    raised: NDArray[Real] = np.exp(scaled)
    raised /= raised.sum(axis=-1, keepdims=True)
    return raised


def negative_log_likelihood(probabilities: Floats, labels: Labels) -> float:
    """Mean of -log of the probability given to the right class, in nats."""
    right = probabilities[np.arange(len(labels)), labels]
    tiny = np.finfo(np.float32).tiny
    return float(-np.log(np.maximum(right.astype(np.float64), tiny)).mean())


def fit_temperature(logits: Floats, labels: Labels) -> float:
    """Find the temperature of least negative log-likelihood on rows the model did not learn from.

    In 1/temperature the loss is convex, so a golden-section search over its logarithm, where it
    has a single valley too, finds the least.
    """
    wide = logits.astype(np.float64)
    low, high = np.log(LOWEST), np.log(HIGHEST)

    def loss(log_temperature: float) -> float:
        return negative_log_likelihood(softmax(wide, float(np.exp(log_temperature))), labels)

    while high - low > CLOSE_ENOUGH:
        left, right = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
        if loss(left) < loss(right):
            high = right
        else:
            low = left
    return float(np.exp((low + high) / 2))


def expected_calibration_error(probabilities: Floats, labels: Labels, bins: int = 15) -> float:
    """Mean gap between confidence and accuracy over equal bins of confidence, weighted by rows."""
    confidence, accuracy, rows = reliability_bins(probabilities, labels, bins)
    filled = rows > 0
    gaps = np.abs(confidence[filled] - accuracy[filled])
    return float((gaps * rows[filled]).sum() / rows.sum())


def ece_range_if_calibrated(
    probabilities: Floats, draws: int = 1_000, seed: int = 0
) -> tuple[float, float]:
    """Give the 95 % range of the expected calibration error if the confidences were exactly true.

    Chance alone makes the error more than 0: each draw lets every answer be right as often as
    its probability says.
    """
    random = np.random.default_rng(seed)
    top = probabilities.max(axis=-1)
    answers = probabilities.argmax(axis=-1)
    others = (answers + 1) % probabilities.shape[-1]  # any wrong class will do
    errors = [
        expected_calibration_error(
            probabilities, np.where(random.random(len(top)) < top, answers, others)
        )
        for _ in range(draws)
    ]
    low, high = np.quantile(errors, [0.025, 0.975])
    return float(low), float(high)


def reliability_bins(
    probabilities: Floats, labels: Labels, bins: int = 15
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Give mean confidence, accuracy and number of rows in each of `bins` equal bins of (0, 1].

    Empty bins hold NaN confidence and accuracy.
    """
    top = probabilities.max(axis=-1).astype(np.float64)
    right = (probabilities.argmax(axis=-1) == labels).astype(np.float64)
    place = np.clip(np.ceil(top * bins).astype(np.int64) - 1, 0, bins - 1)
    rows = np.bincount(place, minlength=bins)
    with np.errstate(invalid="ignore"):
        confidence = np.bincount(place, weights=top, minlength=bins) / rows
        accuracy = np.bincount(place, weights=right, minlength=bins) / rows
    return confidence, accuracy, rows


def confidence_threshold(probabilities: Floats, labels: Labels, accuracy: float = 0.85) -> float:
    """Find the lowest top probability above which answers are right at least `accuracy` often.

    Judged on these rows; 1.0 (nothing is confident) where no threshold reaches it.
    """
    top = probabilities.max(axis=-1)
    order = np.argsort(-top, kind="stable")
    right = (probabilities.argmax(axis=-1) == labels)[order]
    running = np.cumsum(right) / np.arange(1, len(right) + 1)
    # A threshold cannot part rows of equal confidence: only the last of equals may end the set.
    ends = np.append(top[order][:-1] != top[order][1:], True)
    reached = np.flatnonzero((running >= accuracy) & ends)
    return float(top[order][reached[-1]]) if reached.size else 1.0
