"""Temperature, gate and threshold of confidence from held-out texts."""

from dataclasses import replace

import numpy as np
import pytest

from emojify_core.ml.model.calibration import (
    certainty,
    expected_calibration_error,
    fit_temperature,
    label_probabilities,
    sigmoid,
)
from emojify_core.ml.training.calibrate import (
    CONFIDENT_NEUTRAL,
    SILENCED,
    HeldOut,
    calibrate,
    fit_gate,
)


@pytest.fixture
def held_out() -> HeldOut:
    """Return logits of a network that is right in most stories and comments."""
    random = np.random.default_rng(0)

    def outputs(count: int, gate: float) -> tuple[np.ndarray, np.ndarray]:
        labels = random.integers(0, 7, count)
        logits = random.normal(0, 1, (count, 8)).astype(np.float32)
        logits[np.arange(count), labels] += 2
        logits[:, 7] += gate
        return logits, labels

    stories, comments, neutral = outputs(600, 3), outputs(500, 1.5), outputs(1_000, -1.5)
    return HeldOut(*stories, *comments, neutral[0])


def test_the_gate_silences_a_tenth_of_the_comments(held_out: HeldOut) -> None:
    """Its threshold is the tenth percentile of what comments with an emotion get."""
    gate = calibrate(held_out).gate
    assert gate is not None
    emotional = sigmoid(gate.scale * held_out.comments[:, 7] + gate.bias)
    assert (emotional < gate.threshold).mean() == pytest.approx(SILENCED, abs=0.01)


def test_few_neutral_comments_are_answered_with_confidence(held_out: HeldOut) -> None:
    """The threshold of confidence rises until they are."""
    found = calibrate(held_out)
    assert found.gate is not None
    emotional = sigmoid(found.gate.scale * held_out.neutral[:, 7] + found.gate.bias)
    probabilities = label_probabilities(held_out.neutral, found.temperature, found.gate.slope)
    certain = certainty(probabilities, emotional)
    assert (certain >= found.confidence_threshold).mean() <= CONFIDENT_NEUTRAL + 0.002


def test_stories_and_comments_are_both_calibrated(held_out: HeldOut) -> None:
    """A network that is too sure of stories and too unsure of comments needs two temperatures."""
    skewed = replace(
        held_out,
        stories=held_out.stories * np.float32([2.0] * 7 + [1.0]),
        comments=held_out.comments * np.float32([0.5] * 7 + [1.0]),
    )
    found = calibrate(skewed)
    assert found.gate is not None
    assert found.gate.slope > 0
    parts = [
        (skewed.stories, skewed.story_labels),
        (skewed.comments, skewed.comment_labels),
    ]
    logits = np.concatenate([outputs[:, :7] for outputs, _ in parts])
    one = fit_temperature(logits, np.concatenate([labels for _, labels in parts]))

    def error(temperature: float, slope: float) -> float:
        return sum(
            expected_calibration_error(label_probabilities(outputs, temperature, slope), labels)
            for outputs, labels in parts
        )

    assert error(found.temperature, found.gate.slope) < error(one, 0.0)


def test_platt_scaling_finds_the_logistic_curve() -> None:
    """Logits drawn from the curve itself give back its scale and bias."""
    logits = np.linspace(-6, 6, 2_001)
    weights = sigmoid(2.0 * logits - 1.0)
    random = np.random.default_rng(1)
    drawn = random.random(len(logits)) < weights
    scale, bias = fit_gate(logits[drawn], logits[~drawn])
    assert scale == pytest.approx(2.0, rel=0.15)
    assert bias == pytest.approx(-1.0, abs=0.35)


def test_without_comments_there_is_no_gate(held_out: HeldOut) -> None:
    """The stories alone calibrate the network."""
    none = np.empty((0, 7), np.float32)
    stories = replace(
        held_out,
        stories=held_out.stories[:, :7],
        comments=none,
        comment_labels=np.empty(0, np.int64),
        neutral=none,
    )
    found = calibrate(stories)
    assert found.gate is None
    assert 0 < found.confidence_threshold < 1
