"""The loss of one step."""

import numpy as np
import pytest

pytestmark = pytest.mark.learning

TARGET = np.array([[0.5, 0.5, 0, 0, 0, 0, 0]], np.float32)


def loss(weight: float, emotional: float, known: float, logits: list[float]) -> float:
    """Return the loss of one text whose gate counts half."""
    from emojify_core.ml.training.loss import label_and_gate_loss  # noqa: PLC0415 - Keras

    goals = np.concatenate([TARGET, [[weight, emotional, known]]], axis=1).astype(np.float32)
    return float(label_and_gate_loss(0.5)(goals, np.array([logits], np.float32)))


def test_even_logits_cost_the_logarithm_of_the_classes() -> None:
    """A text's weight multiplies its cross-entropy."""
    assert loss(1, 1, 0, [0] * 7) == pytest.approx(np.log(7), abs=1e-5)
    assert loss(0.3, 1, 0, [0] * 7) == pytest.approx(0.3 * np.log(7), abs=1e-5)


def test_the_gate_learns_only_what_is_known() -> None:
    """An undecided gate costs log 2 where the emotion is known, and nothing elsewhere."""
    assert loss(0, 1, 1, [0] * 8) == pytest.approx(0.5 * np.log(2), abs=1e-5)
    assert loss(0, 1, 0, [0] * 8) == 0


def test_a_sure_gate_costs_much_where_it_is_wrong() -> None:
    """The gate's logit counts, not the labels'."""
    assert loss(0, 0, 1, [0] * 7 + [6]) == pytest.approx(0.5 * np.log1p(np.exp(6)), rel=1e-4)
    assert loss(0, 1, 1, [0] * 7 + [6]) < 0.01
