"""Evaluate a model through the predictor that also serves requests."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emojify_core.ml.data.psychexp import load_psychexp
from emojify_core.ml.data.splits import article_split
from emojify_core.ml.data.starter_set import load_starter
from emojify_core.ml.evaluation.metrics import (
    Estimate,
    Matrix,
    confusion_matrix,
    estimate,
    per_class,
)
from emojify_core.ml.inference.predictor import Predictions, Predictor
from emojify_core.ml.model.calibration import ece_range_if_calibrated


@dataclass(frozen=True, slots=True, eq=False)
class TestSet:
    """Labelled texts that no model was trained on."""

    __test__ = False  # or pytest would collect the class

    name: str  # for people
    texts: Sequence[str]
    labels: NDArray[np.int64]  # (texts,)


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

    def to_dict(self) -> dict[str, Any]:
        """Return everything but the rows, ready for JSON; NaN becomes None."""
        return {
            "data": self.data,
            "rows": self.rows,
            "model": self.model,
            "measures": {
                name: {
                    part: value if np.isfinite(value) else None
                    for part, value in asdict(one).items()
                }
                for name, one in self.measures.items()
            },
            "classes": [dict(row) for row in self.classes],
            "confusion": self.confusion.tolist(),
            "calibrated_ece": list(self.calibrated_ece),
        }


def find_test_set(psychexp: Path | None) -> TestSet:
    """Return the article's 1,496 test rows of PsychExp, or the starter sentences without it.

    Raises DataError if the file at `psychexp` is missing or altered.
    """
    if psychexp is None:
        texts, labels = load_starter()
        return TestSet("the starter sentences", texts, labels)
    data = load_psychexp(psychexp)
    _, rows = article_split(data.labels)
    return TestSet(
        "PsychExp, the article's test split",
        [data.texts[row] for row in rows],
        data.labels[rows],
    )


def evaluate_model(predictor: Predictor, test: TestSet) -> Evaluation:
    """Predict every row of `test` and measure the predictions."""
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
    )
