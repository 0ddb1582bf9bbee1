"""A tiny model, corrections to it, and the parts that learn them."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from emojify_core.ml.correction_learning.labelled_text import LabelledText
from emojify_core.ml.correction_learning.update_data import UpdateData
from emojify_core.ml.data.starter_set import load_starter
from emojify_core.ml.data.training_data import LabelledTexts
from emojify_core.ml.inference.loaded_model import LoadedModel, load_model

if TYPE_CHECKING:
    from emojify_core.ml.correction_learning.fine_tuner import FineTuner


@pytest.fixture(scope="session")
def tiny_model(tiny_folder: Path) -> LoadedModel:
    """Load the model of two quick passes over the starter sentences."""
    return load_model(tiny_folder)


@pytest.fixture(scope="session")
def starter() -> LabelledTexts:
    """Take the project's own sentences."""
    return LabelledTexts(*load_starter())


@pytest.fixture(scope="session")
def starter_data(starter: LabelledTexts) -> UpdateData:
    """Judge by every third starter sentence, rehearse another third."""
    rows = np.arange(len(starter.texts))
    return UpdateData(
        "starter", starter.take(rows[rows % 3 == 0]), replay=starter.take(rows[rows % 3 == 1])
    )


@pytest.fixture(scope="session")
def tuner(tiny_model: LoadedModel) -> "FineTuner":
    """Make the part that learns, warm, without training rows to rehearse."""
    from emojify_core.ml.correction_learning.fine_tuner import FineTuner  # noqa: PLC0415 - TensorFlow

    return FineTuner(tiny_model)


@pytest.fixture(scope="session")
def wrong(tiny_model: LoadedModel, starter: LabelledTexts) -> Sequence[LabelledText]:
    """Correct six short sentences to the label the tiny model finds least likely."""
    texts = [text for text in starter.texts[2::3] if len(text.split()) < 25][:6]
    least = tiny_model.predictor.predict(texts).probabilities.argmin(axis=1)
    return [
        LabelledText(f"c{place}", text, int(label))
        for place, (text, label) in enumerate(zip(texts, least, strict=True))
    ]
