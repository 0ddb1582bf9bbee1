"""A small model trained in seconds on the starter sentences, for the tests of the pipeline."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from emojify_core.ml.data.starter_set import load_starter
from emojify_core.ml.data.training_data import LabelledTexts, TrainingData, prepare
from emojify_core.ml.model.config import TrainingConfig
from emojify_core.ml.text.embeddings import WordVectors
from emojify_core.tokenizer import tokenize

if TYPE_CHECKING:
    from emojify_core.ml.training.train import Trained


@pytest.fixture(scope="session")
def tiny_settings() -> TrainingConfig:
    """Ask for two quick passes, averaged over few steps since there are few."""
    return TrainingConfig(seed=3, epochs=2, batch_size=16, learning_rate=3e-3, average_decay=0.8)


@pytest.fixture(scope="session")
def tiny_data() -> TrainingData:
    """Encode the starter sentences, every fourth for validation, with made-up vectors."""
    texts, labels = load_starter()
    rows = np.arange(len(texts))
    words = tuple(sorted({token for text in texts for token in tokenize(text)}))
    vectors = np.random.default_rng(0).normal(0, 0.5, (len(words), 50)).astype(np.float32)
    everything = LabelledTexts(texts, labels)
    return prepare(
        everything.take(rows[rows % 4 != 0]),
        everything.take(rows[rows % 4 == 0]),
        WordVectors(words, vectors),
        {"name": "starter"},
    )


@pytest.fixture(scope="session")
def tiny_trained(tiny_data: TrainingData, tiny_settings: TrainingConfig) -> "Trained":
    """Train a network for those passes."""
    from emojify_core.ml.training.train import train  # noqa: PLC0415 - TensorFlow

    return train(tiny_settings, tiny_data)


@pytest.fixture(scope="session")
def tiny_folder(
    tiny_data: TrainingData,
    tiny_settings: TrainingConfig,
    tiny_trained: "Trained",
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """Write its model folder as `emojify train` does."""
    from emojify_core.ml.training.save import save_trained  # noqa: PLC0415 - TensorFlow

    folder = tmp_path_factory.mktemp("tiny") / "model"
    save_trained(folder, tiny_data, tiny_settings, tiny_trained)
    return folder
