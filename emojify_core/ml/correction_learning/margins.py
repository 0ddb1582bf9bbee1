"""The margin of a label over the next one: it tells whether a correction holds."""

from collections.abc import Sequence
from functools import cache
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from emojify_core.ml.correction_learning.labelled_text import LabelledText
from emojify_core.ml.inference.predictor import Predictions

MIN_PROBABILITY: Final = 1e-30  # keeps the logarithm of a served probability finite
TOLERANCE: Final = 1e-6  # of margins in log odds: rounding alone does not lower one


class Classifier(Protocol):
    """The part of a predictor that the gate and the fine-tuner use."""

    def predict(self, texts: Sequence[str]) -> Predictions:
        """Predict every text."""


class CachedClassifier:
    """Runs an unchanging model once for each list of texts and keeps the predictions.

    One update judges several candidates against the same models on the same rows.
    """

    def __init__(self, classifier: Classifier) -> None:
        self._predict = cache(classifier.predict)

    def predict(self, texts: Sequence[str]) -> Predictions:
        """Predict every text, from the cache if this list was predicted before."""
        return self._predict(tuple(texts))


def log_odds_margins(classifier: Classifier, texts: Sequence[LabelledText]) -> NDArray[np.float64]:
    """Return log(p of the label / highest p of another label) for each text: (texts,), in nats.

    A positive margin means that the label is the served answer.
    """
    if not texts:
        return np.zeros(0)
    probabilities = classifier.predict([one.text for one in texts]).probabilities
    logs = np.log(np.maximum(probabilities.astype(np.float64), MIN_PROBABILITY))  # (texts, 7)
    own = np.arange(len(texts)), np.array([one.label for one in texts])
    label_logs = logs[own]
    logs[own] = -np.inf
    margins: NDArray[np.float64] = label_logs - logs.max(axis=1)
    return margins
