"""A model with a gate of emotion, made of the shipped one: it hears emotion where it hears joy."""

from dataclasses import replace
from pathlib import Path

import numpy as np

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
from emojify_core.ml.text.vocabulary import Vocabulary

GATE = Gate(scale=1.0, bias=0.0, threshold=0.5)
EMOTIONAL = "I was so happy to see her."
NOT_EMOTIONAL = "I was afraid of him."
NOT_UNDERSTOOD = "xqzzk"


def save_gated_model(folder: Path, gate: Gate = GATE) -> Manifest:
    """Write the model to `folder` and return its manifest."""
    weights, joy = load_weights(SHIPPED), LABELS.index("joy")
    for name in ("output_kernel", "output_bias"):
        labels = weights[name][..., : len(LABELS)]
        weights[name] = np.concatenate([labels, labels[..., joy : joy + 1]], axis=-1)
    manifest = replace(load_manifest(SHIPPED), gate=gate)
    return save_artifact(folder, Vocabulary.load(SHIPPED / VOCABULARY), weights, manifest)
