"""A model in memory with all that further training and judging needs."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from emojify_core.ml.inference.predictor import Predictor
from emojify_core.ml.model.artifact import (
    VOCABULARY,
    Manifest,
    Weights,
    load_manifest,
    load_weights,
)
from emojify_core.ml.model.artifact_writer import round_embeddings
from emojify_core.ml.model.onnx_export import export_onnx
from emojify_core.ml.text.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True, eq=False)
class LoadedModel:
    """A model and the predictor that serves it, possibly not on disk yet."""

    manifest: Manifest  # of the model on disk that it is, or that it was made from
    vocabulary: Vocabulary
    weights: Weights
    session: onnxruntime.InferenceSession  # of the graph behind the word vectors
    predictor: Predictor

    def with_embeddings(self, table: NDArray[np.float32]) -> "LoadedModel":
        """Give the model with other word vectors (vocabulary, dimensions), rounded as stored."""
        weights = round_embeddings({**self.weights, "embeddings": table})
        return self._with(weights, self.manifest)

    def with_calibration(self, temperature: float, confidence_threshold: float) -> "LoadedModel":
        """Give the model with other calibration."""
        manifest = replace(
            self.manifest, temperature=temperature, confidence_threshold=confidence_threshold
        )
        return self._with(self.weights, manifest)

    def _with(self, weights: Weights, manifest: Manifest) -> "LoadedModel":
        vectors = weights["embeddings"].astype(np.float16)
        predictor = Predictor(manifest, self.vocabulary, vectors, self.session)
        return replace(self, manifest=manifest, weights=weights, predictor=predictor)


def load_model(folder: Path) -> LoadedModel:
    """Check and load the model in `folder`. Raises ModelError if a file is missing or altered."""
    manifest = load_manifest(folder)
    return _assemble(manifest, Vocabulary.load(folder / VOCABULARY), load_weights(folder))


def with_weights(model: LoadedModel, weights: Weights) -> LoadedModel:
    """Give the model with other weights of the same shapes."""
    return _assemble(model.manifest, model.vocabulary, round_embeddings(weights))


def _assemble(manifest: Manifest, vocabulary: Vocabulary, weights: Weights) -> LoadedModel:
    """Put a model together around a graph made as it will be made when it is written."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        export_onnx(weights), options, providers=["CPUExecutionProvider"]
    )
    vectors = weights["embeddings"].astype(np.float16)
    predictor = Predictor(manifest, vocabulary, vectors, session)
    return LoadedModel(manifest, vocabulary, weights, session, predictor)
