"""A small model, corrections of it, and the parts that learn them."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from emojify_core.ml.correction_learning.labelled_text import LabelledText
from emojify_core.ml.correction_learning.update_data import UpdateData
from emojify_core.ml.data.starter_set import load_starter
from emojify_core.ml.data.training_data import LabelledTexts
from emojify_core.ml.inference.loaded_model import LoadedModel, load_model
from emojify_core.ml.model.artifact import SHIPPED
from emojify_core.ml.model.artifact_writer import save_artifact
from emojify_core.ml.text.vocabulary import FIRST_WORD_ID, Vocabulary
from emojify_core.tokenizer import tokenize

if TYPE_CHECKING:
    from emojify_core.ml.correction_learning.fine_tuner import FineTuner
    from emojify_core.ml.correction_learning.margin_gradient import MarginGradient


@pytest.fixture(scope="session")
def starter() -> LabelledTexts:
    """Load the project's own sentences."""
    return LabelledTexts(*load_starter())


@pytest.fixture(scope="session")
def base_folder(starter: LabelledTexts, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the shipped model with the starter sentences' words alone: real, and quick to load."""
    shipped = load_model(SHIPPED)
    used = {token for text in starter.texts for token in tokenize(text)}
    words = [word for word in shipped.vocabulary.words if word in used]
    rows = [*range(FIRST_WORD_ID), *shipped.vocabulary.ids(words)]
    weights = {**shipped.weights, "embeddings": shipped.weights["embeddings"][rows]}
    folder = tmp_path_factory.mktemp("base") / "model"
    save_artifact(folder, Vocabulary(words), weights, replace(shipped.manifest, files={}))
    return folder


@pytest.fixture(scope="session")
def base(base_folder: Path) -> LoadedModel:
    """Load the small model."""
    return load_model(base_folder)


@pytest.fixture(scope="session")
def update_data(starter: LabelledTexts) -> UpdateData:
    """Use every third starter sentence as gate, and another third as replay set."""
    rows = np.arange(len(starter.texts))
    return UpdateData(
        "starter", starter.take(rows[rows % 3 == 0]), replay=starter.take(rows[rows % 3 == 1])
    )


@pytest.fixture(scope="session")
def corrections(base: LoadedModel, starter: LabelledTexts) -> Sequence[LabelledText]:
    """Correct six short sentences to the label that the small model finds least likely."""
    texts = [text for text in starter.texts[2::3] if len(text.split()) < 25][:6]
    least_likely = base.predictor.predict(texts).probabilities.argmin(axis=1)
    return [
        LabelledText(f"c{place}", text, int(label))
        for place, (text, label) in enumerate(zip(texts, least_likely, strict=True))
    ]


@pytest.fixture(scope="session")
def gradient(base: LoadedModel) -> "MarginGradient":
    """Trace the small model's margin once."""
    from emojify_core.ml.correction_learning.margin_gradient import MarginGradient  # noqa: PLC0415 - TensorFlow

    return MarginGradient(base.weights)


@pytest.fixture(scope="session")
def tuner(base: LoadedModel) -> "FineTuner":
    """Make a fine-tuner without a replay set."""
    from emojify_core.ml.correction_learning.fine_tuner import FineTuner  # noqa: PLC0415 - TensorFlow

    return FineTuner(base)
