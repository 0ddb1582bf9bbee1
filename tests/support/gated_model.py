"""A model with a gate of emotion, made of the shipped one: it hears emotion where it hears joy."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emojify_core.labels import LABELS
from emojify_core.ml.model.artifact import (
    SHIPPED,
    VOCABULARY,
    Gate,
    Manifest,
    load_manifest,
    load_weights,
)
from emojify_core.ml.model.artifact_writer import save_artifact
from emojify_core.ml.text.reading.symbols import symbols
from emojify_core.ml.text.vocabulary import Vocabulary

GATE = Gate(scale=1.0, bias=0.0, threshold=0.5)
EMOTIONAL = "I was so happy when I won."
NOT_EMOTIONAL = "I was afraid of the dark."
NOT_UNDERSTOOD = "xqzzk"


def save_gated_model(folder: Path, gate: Gate = GATE, *, reading: int = 1) -> Manifest:
    """Write the model to `folder` and return its manifest; `reading` is its way to read texts."""
    weights, joy = load_weights(SHIPPED), LABELS.index("joy")
    for name in ("output_kernel", "output_bias"):
        labels = weights[name][..., : len(LABELS)]
        weights[name] = np.concatenate([labels, labels[..., joy : joy + 1]], axis=-1)
    manifest = replace(load_manifest(SHIPPED), gate=gate, reading=reading)
    vocabulary = Vocabulary.load(SHIPPED / VOCABULARY)
    if reading > 1:
        vocabulary, weights["embeddings"] = _with_symbols(vocabulary, weights["embeddings"])
    return save_artifact(folder, vocabulary, weights, manifest)


def _with_symbols(
    vocabulary: Vocabulary, embeddings: NDArray[np.generic]
) -> tuple[Vocabulary, NDArray[np.generic]]:
    """Return the model's words and vectors with those of the symbols, (words, dimensions)."""
    unknown = {each.token: each for each in symbols() if each.token not in vocabulary}
    means = [embeddings[vocabulary.ids(each.words)].mean(axis=0) for each in unknown.values()]
    return Vocabulary([*vocabulary.words, *unknown]), np.concatenate([embeddings, means])
