"""One trial of an update: a candidate is fine-tuned, recalibrated and judged."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emojify_core.ml.correction_learning.fine_tuner import FineTuner
from emojify_core.ml.correction_learning.gate import Thresholds, Verdict, judge
from emojify_core.ml.correction_learning.labelled_text import LabelledText, exclude_texts
from emojify_core.ml.correction_learning.margins import MIN_PROBABILITY, CachedClassifier
from emojify_core.ml.correction_learning.time_limit import TimeLimit
from emojify_core.ml.correction_learning.update_data import UpdateData
from emojify_core.ml.data.training_data import LabelledTexts
from emojify_core.ml.inference.loaded_model import LoadedModel
from emojify_core.ml.model.calibration import confidence_threshold, fit_temperature, softmax


@dataclass(frozen=True, slots=True, eq=False)
class Trials:
    """Trains and judges the candidates of one update."""

    tuner: FineTuner
    live: LoadedModel
    live_classifier: CachedClassifier
    base_classifier: CachedClassifier
    earlier: Sequence[LabelledText]
    data: UpdateData
    thresholds: Thresholds | None
    seconds: float  # of processor time to fine-tune one candidate
    on_step: Callable[[str], None]

    def train_and_judge(
        self, best: LoadedModel | None, corrections: Sequence[LabelledText]
    ) -> tuple[LoadedModel, Verdict]:
        """Learn `corrections` on top of `best`, or of the live model, and ask the gate.

        Raises LearningTimeError.
        """
        start = best or self.live
        earlier = exclude_texts(self.earlier, corrections)
        candidate = self.tuner.tune(start, corrections, earlier, TimeLimit(self.seconds))
        changed = candidate.changed_words > 0
        model = recalibrate(start, candidate.model, self.data) if changed else start
        self.on_step("trained")
        verdict = judge(
            model.predictor,
            self.live_classifier,
            self.base_classifier,
            corrections=corrections,
            earlier=earlier,
            data=self.data,
            thresholds=self.thresholds,
        )
        self.on_step("judged")
        return model, verdict


def recalibrate(start: LoadedModel, changed: LoadedModel, data: UpdateData) -> LoadedModel:
    """Return `changed` with its own temperature and, if possible, its own confidence threshold.

    This is temperature scaling (Guo et al., 2017) on rows that nothing learned from.
    With the validation rows that calibrated the base, both are fitted as in training. Without
    them the gate rows give only the factor by which the temperature changed from `start`.
    The gate rows are easier or harder than validation rows, so the threshold stays.
    """
    rows = data.gate if data.validation is None else data.validation
    logits = _logits(changed, rows)
    temperature = fit_temperature(logits, rows.labels)
    if data.validation is None:
        factor = temperature / fit_temperature(_logits(start, rows), rows.labels)
        served = start.manifest
        return changed.with_calibration(served.temperature * factor, served.confidence_threshold)
    threshold = confidence_threshold(softmax(logits, temperature), rows.labels)
    return changed.with_calibration(temperature, threshold)


def _logits(model: LoadedModel, rows: LabelledTexts) -> NDArray[np.float64]:
    """Recover logits from served probabilities, up to a constant per row: (rows, 7)."""
    probabilities = model.predictor.predict(rows.texts).probabilities.astype(np.float64)
    logs: NDArray[np.float64] = np.log(np.maximum(probabilities, MIN_PROBABILITY))
    return logs * model.manifest.temperature
