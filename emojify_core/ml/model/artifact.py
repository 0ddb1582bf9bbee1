"""A model on disk: a folder of plain files and the manifest that vouches for each of them.

    manifest.json    what this model is, with the sha256 and size of every other file
    vocabulary.txt   the known words, one a line
    embeddings.npy   their vectors, float16 (words, dimensions); prediction maps it into memory
    weights.npz      all other weights, float32, by name: what further training starts from
    model.onnx       the same weights as a graph: what prediction runs

Nothing here is a pickle, and no file is read before its sum is right.
"""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from emojify_core.errors import ModelError
from emojify_core.labels import LABELS

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
VOCABULARY: Final = "vocabulary.txt"
EMBEDDINGS: Final = "embeddings.npy"
WEIGHTS: Final = "weights.npz"
GRAPH: Final = "model.onnx"
FILES: Final = (VOCABULARY, EMBEDDINGS, WEIGHTS, GRAPH)

SHIPPED: Final = Path(__file__).parents[1] / "shipped"  # the model that comes with the project

Weights = dict[str, NDArray[np.float32]]  # by the names in `network.WEIGHT_NAMES`

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class FileChecksum:
    """What a file must be: its sha256 in hex and its size in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What `manifest.json` says; everything needed to serve, judge or train the model further."""

    files: Mapping[str, FileChecksum]
    temperature: float  # the logits are divided by it
    confidence_threshold: float  # of the top probability; below it the model is unsure
    network: Mapping[str, Any]  # NetworkConfig as a dict
    training: Mapping[str, Any]  # TrainingConfig as a dict, the seed among them
    epochs: int
    data: Mapping[str, Any] = field(default_factory=dict)  # sums of what it learned from
    metrics: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)  # of the libraries that made it
    created_at: str = ""
    labels: tuple[str, ...] = LABELS
    format: int = FORMAT

    @property
    def sha256(self) -> str:
        """The model's identity: one sum over everything that decides its answers."""
        answers = {
            "files": {name: self.files[name].sha256 for name in FILES},
            "labels": list(self.labels),
            "temperature": self.temperature,
            "confidence_threshold": self.confidence_threshold,
        }
        return hashlib.sha256(json.dumps(answers, sort_keys=True).encode()).hexdigest()

    def to_json(self) -> str:
        """Write it down; the identity goes in for readers, and is computed anew when read."""
        return json.dumps({"sha256": self.sha256, **asdict(self)}, indent=2) + "\n"


def file_sum(path: Path) -> FileChecksum:
    """Sum a file without holding it in memory."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
        return FileChecksum(digest.hexdigest(), file.tell())


def load_manifest(folder: Path) -> Manifest:
    """Read a model's manifest and check every file against it; ModelError names the bad one."""
    manifest = _parse(folder)
    for name in FILES:
        path = folder / name
        try:
            if path.is_symlink() or not path.is_file():
                raise ModelError(f"The model in {folder} has no file {name}; install it again.")
            found = file_sum(path)
        except OSError as e:
            raise ModelError(f"The model's file {path} cannot be read: {e.strerror}.") from e
        if found != manifest.files[name]:
            raise ModelError(
                f"The model's file {path} is damaged or was changed: its sha256 or size is not "
                "what the manifest says. Install the model again or train a new one."
            )
    return manifest


def load_weights(folder: Path) -> Weights:
    """Read all weights, the vectors among them, as float32.

    Check the folder with `load_manifest` first.
    """
    with np.load(folder / WEIGHTS, allow_pickle=False) as stored:
        weights = {name: stored[name] for name in stored.files}
    return {"embeddings": load_embeddings(folder).astype(np.float32), **weights}


def load_embeddings(folder: Path) -> NDArray[np.float16]:
    """Map the word vectors into memory: float16 (words, dimensions), shared by all processes."""
    vectors: NDArray[np.float16] = np.load(folder / EMBEDDINGS, mmap_mode="r", allow_pickle=False)
    return vectors


def _parse(folder: Path) -> Manifest:
    path = folder / MANIFEST
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except OSError as e:
        raise ModelError(
            f"There is no model in {folder}: {MANIFEST} cannot be read. "
            "Train one with `emojify train`."
        ) from e
    except ValueError as e:
        raise ModelError(f"{path} is not JSON. Install the model again.") from e
    if not isinstance(raw, dict) or raw.get("format") != FORMAT:
        raise ModelError(
            f"{path} is not of format {FORMAT}, the one this version reads. "
            "Train a new model with `emojify train`."
        )
    raw.pop("sha256", None)
    try:
        files = {name: FileChecksum(**entry) for name, entry in raw.pop("files").items()}
        manifest = Manifest(files=files, labels=tuple(raw.pop("labels")), **raw)
        _check(manifest)
    except (KeyError, TypeError, AttributeError, ValueError) as e:
        raise ModelError(f"{path} is incomplete or holds a wrong value: {e}.") from e
    return manifest


def _check(manifest: Manifest) -> None:
    """Raise ValueError for what would make answers wrong rather than impossible."""
    if set(manifest.files) != set(FILES):  # also keeps out names such as ../../elsewhere
        raise ValueError(f"files must be {', '.join(FILES)}")
    if manifest.labels != LABELS:
        raise ValueError(f"labels must be {', '.join(LABELS)}, in this order")
    if not (math.isfinite(manifest.temperature) and manifest.temperature > 0):
        raise ValueError("temperature must be above 0")
    if not 0 <= manifest.confidence_threshold <= 1:
        raise ValueError("confidence_threshold must lie between 0 and 1")
