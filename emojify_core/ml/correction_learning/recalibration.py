"""Temperature scaling (Guo et al., 2017) after an update, on rows that nothing learned from."""

import numpy as np
from numpy.typing import NDArray

from emojify_core.ml.correction_learning.margins import MIN_PROBABILITY
from emojify_core.ml.correction_learning.update_data import UpdateData
from emojify_core.ml.data.training_data import LabelledTexts
from emojify_core.ml.inference.loaded_model import LoadedModel
from emojify_core.ml.model.calibration import confidence_threshold, fit_temperature, softmax


def recalibrate(start: LoadedModel, changed: LoadedModel, data: UpdateData) -> LoadedModel:
    """Return `changed` with its own temperature and, if possible, its own confidence threshold.

    With all the rows that calibrated the base, both are fitted as in training. Other rows give
    only the factor by which the temperature changed from `start`: they are easier or harder, so
    the threshold stays. Comments helped to calibrate a model with a gate, and an installation
    need not have them.
    """
    rows = data.gate if data.validation is None else data.validation
    logits = _logits(changed, rows)
    temperature = fit_temperature(logits, rows.labels)
    if data.validation is None or start.manifest.gate:
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
