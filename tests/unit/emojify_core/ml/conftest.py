"""A small model trained in seconds on the starter sentences, for the tests of all stages."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from emojify_core.ml.data.starter_set import load_starter
from emojify_core.ml.data.training_data import LabelledTexts, TrainingData, prepare_labelled
from emojify_core.ml.model.config import TrainingConfig
from emojify_core.ml.text.embeddings import WordVectors
from emojify_core.tokenizer import tokenize

if TYPE_CHECKING:
    from emojify_core.ml.training.train import TrainingResult


@pytest.fixture(scope="session")
def tiny_config() -> TrainingConfig:
    """Train for two epochs, with a moving average that suits few steps."""
    return TrainingConfig(seed=3, epochs=2, batch_size=16, learning_rate=3e-3, average_decay=0.8)


@pytest.fixture(scope="session")
def tiny_data() -> TrainingData:
    """Encode the starter sentences, every fourth for validation, with random word vectors."""
    texts, labels = load_starter()
    rows = np.arange(len(texts))
    words = tuple(sorted({token for text in texts for token in tokenize(text)}))
    vectors = np.random.default_rng(0).normal(0, 0.5, (len(words), 50)).astype(np.float32)
    starter = LabelledTexts(texts, labels)
    return prepare_labelled(
        starter.take(rows[rows % 4 != 0]),
        starter.take(rows[rows % 4 == 0]),
        WordVectors(words, vectors),
        {"name": "starter"},
    )


@pytest.fixture(scope="session")
def tiny_training(
    tiny_data: TrainingData, tiny_config: TrainingConfig
) -> tuple["TrainingResult", list[tuple[int, int]]]:
    """Train once; return the result and the reported progress."""
    from emojify_core.ml.training.train import train  # noqa: PLC0415 - TensorFlow

    progress: list[tuple[int, int]] = []
    result = train(tiny_config, tiny_data, lambda done, total: progress.append((done, total)))
    return result, progress


@pytest.fixture(scope="session")
def tiny_result(
    tiny_training: tuple["TrainingResult", list[tuple[int, int]]],
) -> "TrainingResult":
    """Return the result of the training."""
    return tiny_training[0]


@pytest.fixture(scope="session")
def tiny_folder(
    tiny_data: TrainingData,
    tiny_config: TrainingConfig,
    tiny_result: "TrainingResult",
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """Write the trained model's folder as `emojify train` does."""
    from emojify_core.ml.training.save import save_trained  # noqa: PLC0415 - TensorFlow

    folder = tmp_path_factory.mktemp("tiny") / "model"
    save_trained(folder, tiny_data, tiny_config, tiny_result)
    return folder
