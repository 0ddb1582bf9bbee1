"""Temperature scaling (Guo et al., 2017) and measures of calibration.

One temperature divides all logits. It changes how sure the model is, never which label leads.
"""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from emojify_core.labels import LABELS

Real = TypeVar("Real", np.float32, np.float64)
Floats = NDArray[np.float32] | NDArray[np.float64]
Labels = NDArray[np.integer]

LOG_TEMPERATURES = (np.log(0.1), np.log(10.0))  # the range searched
TOLERANCE = 1e-6  # of log temperature
MAX_GATE_LOGIT = 6.0  # beyond it the temperature stays: half of the stories are there


def softmax(logits: NDArray[Real], temperature: float = 1.0) -> NDArray[Real]:
    """Turn logits (n, classes) into probabilities (n, classes); each row sums to 1."""
    scaled = logits / temperature
    scaled = scaled - scaled.max(axis=-1, keepdims=True)  # keeps exp from overflowing
    exponentials: NDArray[Real] = np.exp(scaled)
    exponentials /= exponentials.sum(axis=-1, keepdims=True)
    return exponentials


def sigmoid(logits: NDArray[Real]) -> NDArray[Real]:
    """Turn logits into probabilities of the same shape, without overflow."""
    exponentials = np.exp(-np.abs(logits))
    probabilities: NDArray[Real] = np.where(logits >= 0, 1, exponentials) / (1 + exponentials)
    return probabilities


def label_probabilities(
    outputs: NDArray[Real], temperature: float, slope: float = 0.0
) -> NDArray[Real]:
    """Turn a network's outputs (n, 7), or (n, 8) with a gate, into probabilities (n, 7).

    One temperature fits either stories or comments: the network is too sure of stories and not
    sure enough of comments. The gate tells them apart, so the temperature rises with its logit.
    """
    divisors = temperatures(outputs, temperature, slope)
    return softmax(outputs[:, : len(LABELS)] / divisors[:, None])


def temperatures(outputs: NDArray[Real], temperature: float, slope: float = 0.0) -> NDArray[Real]:
    """Return what divides each text's logits, (n,); takes what `label_probabilities` takes."""
    if outputs.shape[1] == len(LABELS):
        return np.full(len(outputs), temperature, dtype=outputs.dtype)
    gate = np.clip(outputs[:, len(LABELS)], -MAX_GATE_LOGIT, MAX_GATE_LOGIT)
    divisors: NDArray[Real] = (temperature * np.exp(slope * gate)).astype(outputs.dtype)
    return divisors


def certainty(probabilities: NDArray[Real], emotional: NDArray[Real]) -> NDArray[Real]:
    """Return how certain answers are, (n,), from probabilities (n, 7) and `emotional` (n,).

    The gate counts twice. An emotion found in a plain text is worse than doubt, and stories,
    which surely hold one, lose nothing by it.
    """
    result: NDArray[Real] = probabilities.max(axis=1) * emotional**2
    return result


def negative_log_likelihood(probabilities: Floats, labels: Labels) -> float:
    """Return the mean of -log p(label) in nats, for probabilities (n, classes), labels (n,)."""
    correct = probabilities[np.arange(len(labels)), labels]
    tiny = np.finfo(np.float32).tiny
    return float(-np.log(np.maximum(correct.astype(np.float64), tiny)).mean())


def fit_temperature(logits: Floats, labels: Labels) -> float:
    """Return the temperature of least negative log-likelihood, between 0.1 and 10.

    Takes logits (n, classes) and labels (n,) of rows the model was not trained on. The loss is
    convex in 1/temperature, so it has one minimum over the logarithm of the temperature too.
    """
    # Imported here because prediction workers import this module and have no SciPy.
    from scipy.optimize import minimize_scalar  # noqa: PLC0415

    wide = logits.astype(np.float64)

    def loss(log_temperature: float) -> float:
        return negative_log_likelihood(softmax(wide, float(np.exp(log_temperature))), labels)

    found = minimize_scalar(
        loss, bounds=LOG_TEMPERATURES, method="bounded", options={"xatol": TOLERANCE}
    )
    return float(np.exp(found.x))


def expected_calibration_error(probabilities: Floats, labels: Labels, bins: int = 15) -> float:
    """Return the mean gap between confidence and accuracy per bin, weighted by rows.

    Takes probabilities (n, classes) and labels (n,); see `reliability_bins`.
    """
    confidence, accuracy, rows = reliability_bins(probabilities, labels, bins)
    filled = rows > 0
    gaps = np.abs(confidence[filled] - accuracy[filled])
    return float((gaps * rows[filled]).sum() / rows.sum())


def ece_range_if_calibrated(
    probabilities: Floats, draws: int = 1_000, seed: int = 0
) -> tuple[float, float]:
    """Return the 95 % range of the expected calibration error of a perfectly calibrated model.

    Chance alone makes the error positive. Each draw makes every prediction (n, classes) right as
    often as its confidence says.
    """
    random = np.random.default_rng(seed)
    confidence = probabilities.max(axis=-1)
    predicted = probabilities.argmax(axis=-1)
    wrong = (predicted + 1) % probabilities.shape[-1]  # any other class will do
    errors = [
        expected_calibration_error(
            probabilities, np.where(random.random(len(confidence)) < confidence, predicted, wrong)
        )
        for _ in range(draws)
    ]
    low, high = np.quantile(errors, [0.025, 0.975])
    return float(low), float(high)


def reliability_bins(
    probabilities: Floats, labels: Labels, bins: int = 15
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Return mean confidence, accuracy and row count of equal bins of confidence, each (bins,).

    Takes probabilities (n, classes) and labels (n,). Empty bins have NaN confidence and accuracy.
    """
    top = probabilities.max(axis=-1).astype(np.float64)
    correct = (probabilities.argmax(axis=-1) == labels).astype(np.float64)
    bin_of_row = np.clip(np.ceil(top * bins).astype(np.int64) - 1, 0, bins - 1)
    rows = np.bincount(bin_of_row, minlength=bins)
    with np.errstate(invalid="ignore"):
        confidence = np.bincount(bin_of_row, weights=top, minlength=bins) / rows
        accuracy = np.bincount(bin_of_row, weights=correct, minlength=bins) / rows
    return confidence, accuracy, rows


def confidence_threshold(probabilities: Floats, labels: Labels, accuracy: float = 0.85) -> float:
    """Return the lowest confidence at and above which predictions reach `accuracy`.

    Judges by the given rows, (n, classes) and (n,). Returns 1.0 when no threshold reaches it.
    """
    return lowest_threshold(
        probabilities.max(axis=-1), probabilities.argmax(axis=-1) == labels, accuracy
    )


def lowest_threshold(
    certainty: Floats,
    correct: NDArray[np.bool_],
    accuracy: float = 0.85,
    weights: Floats | None = None,
) -> float:
    """Return the lowest certainty at and above which predictions are right often enough.

    Takes each prediction's certainty, whether it is right, and its weight, (n,) each. Returns 1.0
    when no threshold reaches `accuracy`.
    """
    order = np.argsort(-certainty, kind="stable")
    weight = np.ones(len(order)) if weights is None else weights[order]
    running_accuracy = np.cumsum(correct[order] * weight) / np.cumsum(weight)
    # A threshold cannot separate rows of equal certainty, so only the last of them counts.
    last_of_equals = np.append(certainty[order][:-1] != certainty[order][1:], True)
    reached = np.flatnonzero((running_accuracy >= accuracy) & last_of_equals)
    return float(certainty[order][reached[-1]]) if reached.size else 1.0
