"""By how much a label leads the other answers: the measure of whether a correction holds."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from emojify_core.ml.correction_learning.labelled_text import LabelledText
from emojify_core.ml.inference.predictor import Predictions

# A served probability below this says no more than "hardly"; keeps the logarithm finite.
LEAST_PROBABILITY = 1e-30


class Classifier(Protocol):
    """What judges and learners need of a predictor."""

    def predict(self, texts: Sequence[str]) -> Predictions:
        """Answer every text."""


class CachedClassifier:
    """Asks a model that does not change once about each list of texts, however often it is asked.

    For the rows that judge one candidate after the other; lists of a few texts are kept, too.
    """

    def __init__(self, answers: Classifier) -> None:
        self._answers = answers
        self._given: dict[tuple[str, ...], Predictions] = {}

    def predict(self, texts: Sequence[str]) -> Predictions:
        """Answer every text."""
        asked = tuple(texts)
        if asked not in self._given:
            self._given[asked] = self._answers.predict(asked)
        return self._given[asked]


def log_odds_margins(answers: Classifier, texts: Sequence[LabelledText]) -> NDArray[np.float64]:
    """Give log(p of the label / highest p of another emotion) for each text: (texts,).

    Above 0 the label is the answer that is served.
    """
    if not texts:
        return np.zeros(0)
    probabilities = answers.predict([one.text for one in texts]).probabilities
    return leads_in(probabilities, np.array([one.label for one in texts]))


def leads_in(probabilities: NDArray[np.float32], labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """Give the same for probabilities (texts, 7) and labels (texts,)."""
    logs = np.log(np.maximum(probabilities.astype(np.float64), LEAST_PROBABILITY))
    rows = np.arange(len(labels))
    ours = logs[rows, labels]
    logs[rows, labels] = -np.inf
    lead: NDArray[np.float64] = ours - logs.max(axis=1)
    return lead
