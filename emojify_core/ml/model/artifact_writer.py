"""Write a model's folder, whole or not at all. Needs onnx; reading it back does not."""

import os
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from emojify_core.ml.model.artifact import (
    EMBEDDINGS,
    FILES,
    GRAPH,
    MANIFEST,
    VOCABULARY,
    WEIGHTS,
    Manifest,
    Weights,
    file_sum,
)
from emojify_core.ml.model.onnx_export import export_onnx
from emojify_core.ml.text.vocabulary import Vocabulary


def round_embeddings(weights: Weights) -> Weights:
    """Round the word vectors as storing them will, so that what is measured is what is served."""
    rounded = weights["embeddings"].astype(np.float16).astype(np.float32)
    return {**weights, "embeddings": rounded}


def save_artifact(
    folder: Path, vocabulary: Vocabulary, weights: Weights, about: Manifest
) -> Manifest:
    """Write the model to `folder`, replacing what is there, and return its manifest.

    `about` holds all but the files' sums, which are filled in here. A crash leaves the old folder
    or the new one, but never half of one under this name.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as spare:
        fresh = Path(spare) / "new"
        fresh.mkdir()
        _write_files(fresh, vocabulary, weights)
        manifest = replace(about, files={name: file_sum(fresh / name) for name in FILES})
        (fresh / MANIFEST).write_text(manifest.to_json(), encoding="utf-8")
        for path in fresh.iterdir():
            _to_disk(path)
        if folder.exists():
            folder.rename(Path(spare) / "old")  # goes with the temporary folder
        fresh.rename(folder)
    return manifest


def _write_files(folder: Path, vocabulary: Vocabulary, weights: Weights) -> None:
    vocabulary.save(folder / VOCABULARY)
    np.save(folder / EMBEDDINGS, weights["embeddings"].astype(np.float16), allow_pickle=False)
    others = {name: array for name, array in weights.items() if name != "embeddings"}
    np.savez(folder / WEIGHTS, allow_pickle=False, **others)
    (folder / GRAPH).write_bytes(export_onnx(weights))


def _to_disk(path: Path) -> None:
    """Wait until the disk has the file, so that the rename cannot outrun the content."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
