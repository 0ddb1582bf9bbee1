"""The temperature after an update."""

from dataclasses import replace

import numpy as np
import pytest

from emojify_core.ml.correction_learning.recalibration import recalibrate
from emojify_core.ml.correction_learning.update_data import UpdateData
from emojify_core.ml.data.training_data import LabelledTexts
from emojify_core.ml.inference.loaded_model import LoadedModel, with_weights


@pytest.fixture
def sharper(tiny_model: LoadedModel) -> LoadedModel:
    """Make all logits 1.5 times as large: as right as before, and too sure."""
    weights = tiny_model.weights
    output = {name: weights[name] * 1.5 for name in ("output_kernel", "output_bias")}
    return with_weights(tiny_model, {**weights, **output})


def test_a_model_that_got_too_sure_is_cooled_by_as_much(
    tiny_model: LoadedModel, sharper: LoadedModel, starter: LabelledTexts
) -> None:
    """Probabilities mean after an update what they meant before it."""
    rows = starter.take(np.arange(0, len(starter.texts), 4))
    data = UpdateData("starter", rows, validation=rows)
    before = recalibrate(tiny_model, tiny_model, data)
    after = recalibrate(tiny_model, sharper, data)
    ratio = after.manifest.temperature / before.manifest.temperature
    assert ratio == pytest.approx(1.5, rel=1e-3)
    old, new = (model.predictor.predict(rows.texts) for model in (before, after))
    assert np.abs(old.probabilities - new.probabilities).max() < 1e-3
    assert after.manifest.confidence_threshold == pytest.approx(
        before.manifest.confidence_threshold, abs=1e-3
    )


def test_without_the_calibration_rows_only_the_change_is_fitted(
    tiny_model: LoadedModel, sharper: LoadedModel, starter: LabelledTexts
) -> None:
    """Other sentences may be harder; they correct the temperature, they do not set it."""
    served = replace(tiny_model, manifest=replace(tiny_model.manifest, temperature=2.0))
    start = served.with_calibration(2.0, 0.7)
    after = recalibrate(start, sharper, UpdateData("starter", starter))
    assert after.manifest.temperature == pytest.approx(3.0, rel=1e-3)
    assert after.manifest.confidence_threshold == 0.7
