"""The model of Emojify's worker, answering lists of texts: the same for every server here."""

from collections.abc import Sequence
from typing import Any

from emojify_core.labels import LABELS
from emojify_core.ml.inference.answers import answer_texts
from emojify_core.ml.inference.predictor import Predictor
from emojify_core.ml.model.artifact import SHIPPED


class Model:
    """Loads once per process."""

    def __init__(self) -> None:
        self._predictor = Predictor.load(SHIPPED, threads=2)  # as many as the worker has
        self._predictor.warm()

    def __call__(self, texts: Sequence[str]) -> list[dict[str, Any]]:
        """Return the JSON of each answer."""
        return [
            {
                "label": answer.best.label,
                "confident": answer.confident,
                "probabilities": dict(zip(LABELS, answer.probabilities, strict=True)),
            }
            for answer in answer_texts(self._predictor, texts)
        ]

    def each(self, lists: Sequence[Sequence[str]]) -> list[list[dict[str, Any]]]:
        """Answer several requests in one run."""
        answers = iter(self([text for texts in lists for text in texts]))
        return [[next(answers) for _ in texts] for texts in lists]
