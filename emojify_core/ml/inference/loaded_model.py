"""A model in memory with everything that learning corrections and evaluation need."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from emojify_core.ml.inference.predictor import Predictor, open_session
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
    """A model with its predictor. It may not be on disk yet."""

    manifest: Manifest  # of this model, or of the stored model that it was made from
    vocabulary: Vocabulary
    weights: Weights
    session: onnxruntime.InferenceSession  # the graph, which takes word vectors
    predictor: Predictor

    def with_embeddings(self, table: NDArray[np.float32]) -> "LoadedModel":
        """Return a copy with other embeddings (vocabulary, dimensions), rounded as stored."""
        return self._with(round_embeddings({**self.weights, "embeddings": table}), self.manifest)

    def with_calibration(self, temperature: float, confidence_threshold: float) -> "LoadedModel":
        """Return a copy with another calibration."""
        manifest = replace(
            self.manifest, temperature=temperature, confidence_threshold=confidence_threshold
        )
        return self._with(self.weights, manifest)

    def _with(self, weights: Weights, manifest: Manifest) -> "LoadedModel":
        predictor = _predictor(manifest, self.vocabulary, weights, self.session)
        return replace(self, manifest=manifest, weights=weights, predictor=predictor)


def load_model(folder: Path) -> LoadedModel:
    """Verify and load a model. Raises ModelError when a file is missing or altered."""
    manifest = load_manifest(folder)
    return _assemble(manifest, Vocabulary.load(folder / VOCABULARY), load_weights(folder))


def with_weights(model: LoadedModel, weights: Weights) -> LoadedModel:
    """Return a copy of the model with other weights of the same shapes."""
    return _assemble(model.manifest, model.vocabulary, round_embeddings(weights))


def _assemble(manifest: Manifest, vocabulary: Vocabulary, weights: Weights) -> LoadedModel:
    """Build the session from the weights, so that it is the graph that storing would write."""
    session = open_session(export_onnx(weights))
    predictor = _predictor(manifest, vocabulary, weights, session)
    return LoadedModel(manifest, vocabulary, weights, session, predictor)


def _predictor(
    manifest: Manifest,
    vocabulary: Vocabulary,
    weights: Weights,
    session: onnxruntime.InferenceSession,
) -> Predictor:
    return Predictor(manifest, vocabulary, weights["embeddings"].astype(np.float16), session)
