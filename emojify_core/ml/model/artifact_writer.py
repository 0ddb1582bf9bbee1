"""Write a model folder atomically. Needs onnx; reading a model does not."""

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
    file_checksum,
)
from emojify_core.ml.model.onnx_export import export_onnx
from emojify_core.ml.text.vocabulary import Vocabulary
from emojify_core.storage.files.atomic_writes import fsync


def round_embeddings(weights: Weights) -> Weights:
    """Round the embeddings to float16, as stored, so that evaluation measures what is served."""
    rounded = weights["embeddings"].astype(np.float16).astype(np.float32)
    return {**weights, "embeddings": rounded}


def save_artifact(
    folder: Path, vocabulary: Vocabulary, weights: Weights, manifest: Manifest
) -> Manifest:
    """Write a model to `folder`, replacing what is there; return the manifest with checksums.

    After a crash `folder` holds the old model or the new one. Raises OSError when the folder
    cannot be written.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as scratch:
        fresh = Path(scratch) / "new"
        fresh.mkdir()
        _write_files(fresh, vocabulary, weights)
        manifest = replace(manifest, files={name: file_checksum(fresh / name) for name in FILES})
        (fresh / MANIFEST).write_text(manifest.to_json(), encoding="utf-8")
        for path in fresh.iterdir():
            fsync(path)  # the rename must not reach the disk before the content
        if folder.exists():
            folder.rename(Path(scratch) / "old")  # deleted with the temporary folder
        fresh.rename(folder)
    return manifest


def _write_files(folder: Path, vocabulary: Vocabulary, weights: Weights) -> None:
    vocabulary.save(folder / VOCABULARY)
    np.save(folder / EMBEDDINGS, weights["embeddings"].astype(np.float16), allow_pickle=False)
    others = {name: array for name, array in weights.items() if name != "embeddings"}
    np.savez(folder / WEIGHTS, allow_pickle=False, **others)
    (folder / GRAPH).write_bytes(export_onnx(weights))
