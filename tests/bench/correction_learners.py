"""Two ways to learn from corrections behind one interface: the article's, and ours."""

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import keras
import numpy as np
import onnxruntime

from emojify_core.ml.correction_learning.labelled_text import LabelledText
from emojify_core.ml.correction_learning.update import Updater
from emojify_core.ml.correction_learning.update_data import UpdateData
from emojify_core.ml.inference.loaded_model import load_model
from emojify_core.ml.inference.predictor import Predictor
from emojify_core.ml.model.artifact import SHIPPED
from emojify_core.ml.model.config import NetworkConfig, TrainingConfig
from emojify_core.ml.model.network import build_network, get_weights, set_weights
from emojify_core.ml.model.onnx_export import export_onnx
from emojify_core.ml.text.encoding import Ids, encode
from worker.training.turns import GROUP_SIZES

COPIES, EPOCHS = 5, 10  # the article's


class Learner(Protocol):
    """Learns corrections, and returns a predictor that has learned them."""

    refused: int

    def learn(self, corrections: Sequence[LabelledText]) -> float:
        """Run one update, from text to files; return its seconds."""

    def predictor(self) -> Predictor:
        """Serve the corrections learned so far."""


class ArticleMethod:
    """Fit the whole network on five copies of the sentence for ten epochs, and overwrite it.

    Every text has the same number of words, as in the article, so Keras compiles once.
    """

    def __init__(self, folder: Path, words: int) -> None:
        self.refused = 0
        self._file = folder / "weights.npz"
        self._words = words
        self._model = load_model(SHIPPED)
        settings = TrainingConfig(**self._model.manifest.training)
        keras.utils.set_random_seed(settings.seed)
        self._network = build_network(NetworkConfig(**self._model.manifest.network), settings)
        set_weights(self._network, self._model.weights)
        self._network.compile(
            optimizer=keras.optimizers.Adam(settings.learning_rate),
            loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        )
        self._fit([LabelledText("", "warm", 0)], epochs=0)

    def learn(self, corrections: Sequence[LabelledText]) -> float:
        """Train on nothing but the corrections."""
        started = time.perf_counter()
        self._fit(corrections, EPOCHS)
        np.savez(self._file, allow_pickle=False, **get_weights(self._network))
        return time.perf_counter() - started

    def predictor(self) -> Predictor:
        """Serve the weights as they are now."""
        weights = get_weights(self._network)
        session = onnxruntime.InferenceSession(export_onnx(weights))
        vectors = weights["embeddings"].astype(np.float16)
        return Predictor(self._model.manifest, self._model.vocabulary, vectors, session)

    def _fit(self, corrections: Sequence[LabelledText], epochs: int) -> None:
        ids: Ids = np.zeros((COPIES * len(corrections), self._words), dtype=np.int32)
        for place, one in enumerate([one for one in corrections for _ in range(COPIES)]):
            row = encode(one.text, self._model.predictor.reader)[: self._words]
            ids[place, : len(row)] = row
        labels = np.repeat([one.label for one in corrections], COPIES)
        self._network.fit(ids, labels, epochs=epochs, verbose=0)


class OurMethod:
    """Learn, check and write a version in groups, like the training worker."""

    def __init__(self, folder: Path, data: UpdateData) -> None:
        self.refused = 0
        self._folder = Path(tempfile.mkdtemp(dir=folder))
        self._live = SHIPPED
        self._learned: list[LabelledText] = []
        self._version = 1
        self._updater = Updater(SHIPPED, data)

    def learn(self, corrections: Sequence[LabelledText]) -> float:
        """Make updates through the gate until each correction is accepted or refused."""
        seconds, waiting = 0.0, list(corrections)
        while waiting:
            out = self._folder / str(self._version + 1)
            group = waiting[: GROUP_SIZES[0]]
            update = self._updater.update(self._live, group, self._learned, out)
            seconds += update.seconds
            self.refused += len(update.refused)
            if update.manifest is not None:
                self._live, self._version = out, self._version + 1
                self._learned += [one for one in group if one.id in update.receipts]
            decided = {one.id for one in group} - set(update.put_off)
            waiting = [one for one in waiting if one.id not in decided]
        return seconds

    def predictor(self) -> Predictor:
        """Serve the live version's files."""
        return Predictor.load(self._live)
