"""Choose a trained network's temperature, gate and threshold of confidence on held-out texts.

PsychExp's validation rows tell stories, GoEmotions' `dev` split holds comments: where both are
there, both count alike. No test row takes part.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from emojify_core.labels import LABELS
from emojify_core.ml.model.artifact import Gate
from emojify_core.ml.model.calibration import (
    certainty,
    confidence_threshold,
    fit_temperature,
    label_probabilities,
    lowest_threshold,
    negative_log_likelihood,
    sigmoid,
    softmax,
)

# Of the comments with an emotion, the share that the gate may silence. More silence would hide
# feelings; less would hear them in plain facts.
SILENCED: Final = 0.1
STORIES: Final = 4.0  # the weight of a story's loss beside a comment's
# Of the neutral comments, the share that may be answered with confidence.
CONFIDENT_NEUTRAL: Final = 0.0375

Logits = NDArray[np.float32]  # (texts, outputs)
Labels = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class HeldOut:
    """The network's logits for held-out texts, and the labels."""

    stories: Logits
    story_labels: Labels
    comments: Logits  # with an emotion; none if there are no comments
    comment_labels: Labels
    neutral: Logits


@dataclass(frozen=True, slots=True)
class Calibration:
    """How to read a network's logits."""

    temperature: float
    gate: Gate | None
    confidence_threshold: float


def calibrate(held_out: HeldOut) -> Calibration:
    """Fit everything that turns logits into answers; a network without comments gets no gate."""
    stories, labels = held_out.stories[:, : len(LABELS)], held_out.story_labels
    if not len(held_out.comments):
        temperature = fit_temperature(stories, labels)
        return Calibration(
            temperature, None, confidence_threshold(softmax(stories, temperature), labels)
        )
    right = [
        outputs[:, : len(LABELS)].argmax(axis=1) == true
        for outputs, true in (
            (held_out.stories, labels),
            (held_out.comments, held_out.comment_labels),
        )
    ]
    temperature, slope = fit_temperature_by_gate(held_out)
    scale, bias = fit_gate(held_out.comments[:, -1], held_out.neutral[:, -1])
    silence = float(np.quantile(sigmoid(scale * held_out.comments[:, -1] + bias), SILENCED))
    gate = Gate(scale, bias, silence, slope)
    certain = [
        _certainty(each, temperature, gate) for each in (held_out.stories, held_out.comments)
    ]
    threshold = lowest_threshold(
        np.concatenate(certain),
        np.concatenate(right),
        weights=np.concatenate([np.full(len(each), 1 / len(each)) for each in right]),
    )
    neutral = _certainty(held_out.neutral, temperature, gate)
    quiet = float(np.quantile(neutral, 1 - CONFIDENT_NEUTRAL))
    return Calibration(temperature, gate, max(threshold, quiet))


def fit_temperature_by_gate(held_out: HeldOut) -> tuple[float, float]:
    """Return the temperature and its slope of least loss on stories and comments.

    Stories weigh `STORIES` times as much, because their labels are the writers' own.
    """
    parts = (
        (held_out.stories.astype(np.float64), held_out.story_labels, STORIES),
        (held_out.comments.astype(np.float64), held_out.comment_labels, 1.0),
    )

    def loss(parameters: NDArray[np.float64]) -> float:
        temperature, slope = np.exp(parameters[0]), parameters[1]
        return sum(
            weight * negative_log_likelihood(label_probabilities(outputs, temperature, slope), true)
            for outputs, true, weight in parts
        )

    log_temperature, slope = minimize(loss, np.zeros(2), method="Nelder-Mead").x.tolist()
    return float(np.exp(log_temperature)), slope


def fit_gate(emotional: Logits, neutral: Logits) -> tuple[float, float]:
    """Fit the scale and bias of the gate (Platt, 1999), with both kinds equally frequent.

    Takes the gate's logits for texts with an emotion and for neutral ones, (texts,) each.
    """

    def loss(scale_and_bias: NDArray[np.float64]) -> float:
        scale, bias = scale_and_bias
        costs = [
            np.logaddexp(0, sign * (scale * logits.astype(np.float64) + bias)).mean()
            for logits, sign in ((emotional, -1), (neutral, 1))
        ]
        return float(sum(costs))

    found = minimize(loss, np.array([1.0, 0.0]), method="Nelder-Mead")
    scale, bias = found.x.tolist()
    return scale, bias


def _certainty(outputs: Logits, temperature: float, gate: Gate) -> Logits:
    """Return how certain each answer is, (texts,), as the predictor compares it."""
    probabilities = label_probabilities(outputs, temperature, gate.slope)
    return certainty(probabilities, sigmoid(gate.scale * outputs[:, -1] + gate.bias))
