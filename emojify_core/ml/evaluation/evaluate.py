"""Evaluate a model through the predictor that also serves requests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emojify_core.ml.evaluation.labelled_sets import TestSet
from emojify_core.ml.evaluation.metrics import (
    Estimate,
    Matrix,
    confusion_matrix,
    estimate,
    per_class,
)
from emojify_core.ml.evaluation.silence import measure_silence, to_json
from emojify_core.ml.inference.predictor import Predictions, Predictor
from emojify_core.ml.model.calibration import ece_range_if_calibrated


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """A model's measures on one test set."""

    data: str
    rows: int
    model: str  # its sha256
    measures: Mapping[str, Estimate]
    classes: Sequence[Mapping[str, Any]]
    confusion: Matrix  # (7, 7): true class down, predicted class across
    calibrated_ece: tuple[float, float]  # 95 % range for perfect calibration
    predictions: Predictions
    labels: NDArray[np.int64]  # (rows,)
    silence: Mapping[str, Estimate]
    neutral_rows: int  # texts without an emotion, judged beside the others

    def to_dict(self) -> dict[str, Any]:
        """Return everything but the rows, ready for JSON; NaN becomes None."""
        return {
            "data": self.data,
            "rows": self.rows,
            "model": self.model,
            "measures": to_json(self.measures),
            "silence": to_json(self.silence),
            "neutral_rows": self.neutral_rows,
            "classes": [dict(row) for row in self.classes],
            "confusion": self.confusion.tolist(),
            "calibrated_ece": list(self.calibrated_ece),
        }


def evaluate_model(predictor: Predictor, test: TestSet) -> Evaluation:
    """Predict every row of `test` and measure the predictions.

    The seven labels are judged on the rows with an emotion.
    """
    predictions = predictor.predict(test.texts)
    confusion = confusion_matrix(predictions.probabilities.argmax(axis=1), test.labels)
    return Evaluation(
        test.name,
        len(test.labels),
        predictor.sha256,
        estimate(predictions.probabilities, predictions.confident, test.labels),
        per_class(confusion),
        confusion,
        ece_range_if_calibrated(predictions.probabilities),
        predictions,
        test.labels,
        measure_silence(predictions, predictor.predict(test.neutral)),
        len(test.neutral),
    )
