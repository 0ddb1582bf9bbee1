"""Margins of labels in predicted probabilities."""

from collections.abc import Sequence

import numpy as np
import pytest

from emojify_core.ml.correction_learning.labelled_text import LabelledText
from emojify_core.ml.correction_learning.margins import CachedClassifier, log_odds_margins
from emojify_core.ml.inference.predictor import Predictions


class Constant:
    """A model that predicts the same for every text and counts its calls."""

    calls = 0

    def predict(self, texts: Sequence[str]) -> Predictions:
        """Return fixed probabilities."""
        self.calls += 1
        probabilities = np.array([[0.4, 0.2, 0.4, 0, 0, 0, 0]] * len(texts), dtype=np.float32)
        return Predictions.without_gate(probabilities, np.ones(len(texts), dtype=bool))


def test_a_margin_is_the_log_ratio_to_the_best_other_label() -> None:
    """It is positive for the served label alone, and finite for a probability of zero."""
    texts = [LabelledText(str(label), "text", label) for label in (0, 1, 3)]
    margins = log_odds_margins(Constant(), texts)
    assert margins[0] == 0  # a tie
    assert margins[1] == pytest.approx(np.log(0.5))
    assert np.isfinite(margins[2])
    assert margins[2] < -10


def test_no_texts_have_no_margins() -> None:
    """Without corrections the model is not run."""
    model = Constant()
    assert log_odds_margins(model, []).shape == (0,)
    assert model.calls == 0


def test_a_cached_classifier_runs_each_list_of_texts_once() -> None:
    """Judging the second candidate does not run the live model again."""
    model = Constant()
    cached = CachedClassifier(model)
    first, again = cached.predict(["a", "b"]), cached.predict(["a", "b"])
    assert first is again
    cached.predict(["a"])
    assert model.calls == 2
