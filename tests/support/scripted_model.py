"""A model whose answers a test writes down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from emojify_core.labels import LABELS
from emojify_core.ml.inference.predictor import Predictions

SURE = 0.6  # from this probability on the model is confident


@dataclass
class ScriptedModel:
    """A model with one answer to each text, a label or none, and its probability."""

    answers: Mapping[str, tuple[str, float]] = field(default_factory=dict)
    otherwise: tuple[str, float] = ("joy", 0.8)
    sha256: str = "0" * 64

    def predict(self, texts: Sequence[str]) -> Predictions:
        """Answer each text; where the answer is none, anger leads and nothing is sure."""
        probabilities = np.zeros((len(texts), 7), dtype=np.float32)
        none = np.zeros(len(texts), dtype=bool)
        for row, text in enumerate(texts):
            answer, probability = self.answers.get(text, self.otherwise)
            none[row] = answer == "none"
            probabilities[row] = (1 - probability) / 6
            probabilities[row, LABELS.index("anger" if none[row] else answer)] = probability
        confident = ~none & (probabilities.max(axis=1) >= SURE)
        emotional = np.where(none, 0.1, 0.9).astype(np.float32)
        return Predictions(probabilities, confident, emotional, none, np.ones_like(none))
