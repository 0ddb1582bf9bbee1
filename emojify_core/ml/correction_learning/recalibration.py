"""The temperature again, after an update: fitted on rows that nothing was learned from."""

import numpy as np
from numpy.typing import NDArray

from emojify_core.ml.correction_learning.margins import LEAST_PROBABILITY
from emojify_core.ml.correction_learning.update_data import UpdateData
from emojify_core.ml.data.training_data import LabelledTexts
from emojify_core.ml.inference.loaded_model import LoadedModel
from emojify_core.ml.model.calibration import confidence_threshold, fit_temperature, softmax


def recalibrate(start: LoadedModel, changed: LoadedModel, data: UpdateData) -> LoadedModel:
    """Give `changed` with its own temperature, and where possible its own confidence threshold.

    With the rows that the base was calibrated on, both are fitted as in training. Without them
    the temperature is corrected by as much as the fit on other texts moved between `start` and
    `changed`, and the threshold stays: other texts are easier or harder, and would mislead.
    """
    if data.validation is None:
        rows = data.gate
        moved = _fit(changed, rows) / _fit(start, rows)
        manifest = start.manifest
        return changed.with_calibration(manifest.temperature * moved, manifest.confidence_threshold)
    logits = _logits(changed, data.validation)
    temperature = fit_temperature(logits, data.validation.labels)
    threshold = confidence_threshold(softmax(logits, temperature), data.validation.labels)
    return changed.with_calibration(temperature, threshold)


def _fit(model: LoadedModel, rows: LabelledTexts) -> float:
    return fit_temperature(_logits(model, rows), rows.labels)


def _logits(model: LoadedModel, rows: LabelledTexts) -> NDArray[np.float64]:
    """Take the logits (rows, 7) back from what is served, up to a constant in each row."""
    probabilities = model.predictor.predict(rows.texts).probabilities.astype(np.float64)
    logs: NDArray[np.float64] = np.log(np.maximum(probabilities, LEAST_PROBABILITY))
    return logs * model.manifest.temperature
