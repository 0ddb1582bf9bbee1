"""The temperature after an update."""

from dataclasses import replace

import numpy as np
import pytest

from emojify_core.labels import LABELS
from emojify_core.ml.correction_learning.recalibration import recalibrate
from emojify_core.ml.correction_learning.update_data import UpdateData
from emojify_core.ml.data.training_data import LabelledTexts
from emojify_core.ml.inference.loaded_model import LoadedModel, with_weights


@pytest.fixture
def sharper(base: LoadedModel) -> LoadedModel:
    """Multiply the labels' logits by 1.5: the same labels with too much confidence."""
    weights = base.weights
    factors = np.ones(len(weights["output_bias"]), dtype=np.float32)
    factors[: len(LABELS)] = 1.5
    output = {name: weights[name] * factors for name in ("output_kernel", "output_bias")}
    return with_weights(base, {**weights, **output})


def test_an_overconfident_model_gets_a_higher_temperature(
    base: LoadedModel, sharper: LoadedModel, starter: LabelledTexts
) -> None:
    """Probabilities mean the same before and after an update, and so does confidence."""
    rows = starter.take(np.arange(0, len(starter.texts), 4))
    data = UpdateData("starter", rows, validation=rows)
    before = recalibrate(base, base, data)
    after = recalibrate(base, sharper, data)
    ratio = after.manifest.temperature / before.manifest.temperature
    assert ratio == pytest.approx(1.5, rel=1e-3)
    old, new = (model.predictor.predict(rows.texts) for model in (before, after))
    assert np.abs(old.probabilities - new.probabilities).max() < 1e-3
    assert after.manifest.confidence_threshold == pytest.approx(
        before.manifest.confidence_threshold, abs=1e-3
    )


def test_without_validation_rows_the_temperature_changes_by_the_fitted_factor(
    base: LoadedModel, sharper: LoadedModel, starter: LabelledTexts
) -> None:
    """Gate rows may be harder than validation rows: they give a factor, not the temperature."""
    served = replace(base, manifest=replace(base.manifest, temperature=2.0))
    start = served.with_calibration(2.0, 0.7)
    after = recalibrate(start, sharper, UpdateData("starter", starter))
    assert after.manifest.temperature == pytest.approx(3.0, rel=1e-3)
    assert after.manifest.confidence_threshold == 0.7
