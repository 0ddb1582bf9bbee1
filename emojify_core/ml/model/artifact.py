"""A model on disk: a folder of plain files and a manifest with the checksum of each.

    manifest.json    the model's configuration, calibration, metrics and checksums
    vocabulary.txt   the known words, one per line
    embeddings.npy   their vectors, float16 (words, dimensions); prediction maps it into memory
    weights.npz      all other weights by name, float32; training continues from them
    model.onnx       the same weights as a graph; prediction runs it

No file is a pickle, and `load_manifest` verifies every checksum before a file is used.
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


@dataclass(frozen=True, slots=True)
class FileChecksum:
    """A file's SHA-256 in hex and its size in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Gate:
    """How to read the gate of emotion: emotional = sigmoid(scale * logit + bias).

    The temperature is multiplied by exp(slope * logit), see `calibration.label_probabilities`.
    """

    scale: float
    bias: float
    threshold: float  # a text less emotional than this has no clear emotion
    slope: float = 0.0


@dataclass(frozen=True, slots=True)
class Manifest:
    """The content of `manifest.json`: how to serve the model and how it was made."""

    files: Mapping[str, FileChecksum]
    temperature: float  # the logits are divided by it
    confidence_threshold: float  # the model is unsure when its top probability is lower
    network: Mapping[str, Any]  # NetworkConfig as a dict
    training: Mapping[str, Any]  # TrainingConfig as a dict
    epochs: int
    data: Mapping[str, Any] = field(default_factory=dict)  # checksums of the training data
    metrics: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)  # of the libraries that trained it
    created_at: str = ""
    labels: tuple[str, ...] = LABELS
    format: int = FORMAT
    reading: int = 1  # the way in which the model reads texts
    gate: Gate | None = None  # None: a model from before, which finds an emotion in every text

    @property
    def sha256(self) -> str:
        """The model's identity: a checksum over everything that decides its predictions."""
        identity: dict[str, Any] = {
            "files": {name: self.files[name].sha256 for name in FILES},
            "labels": list(self.labels),
            "temperature": self.temperature,
            "confidence_threshold": self.confidence_threshold,
        }
        # Models from before keep the identity that installations know them by.
        if self.reading != 1:
            identity["reading"] = self.reading
        if self.gate:
            identity["gate"] = asdict(self.gate)
        return hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()

    def to_json(self) -> str:
        """Return the manifest as JSON, with `sha256` for people; `load_manifest` recomputes it."""
        return json.dumps({"sha256": self.sha256, **asdict(self)}, indent=2) + "\n"


def file_checksum(path: Path) -> FileChecksum:
    """Return a file's checksum and size. Raises OSError when it cannot be read."""
    with path.open("rb") as file:
        return FileChecksum(hashlib.file_digest(file, "sha256").hexdigest(), file.tell())


def load_manifest(folder: Path) -> Manifest:
    """Read a model's manifest and verify every file.

    Raises ModelError, naming the file, when one is missing or altered.
    """
    manifest = _parse(folder)
    for name in FILES:
        path = folder / name
        try:
            if path.is_symlink() or not path.is_file():
                raise ModelError(f"The model in {folder} has no file {name}. Install it again.")
            found = file_checksum(path)
        except OSError as e:
            raise ModelError(f"The model's file {path} cannot be read: {e.strerror}.") from e
        if found != manifest.files[name]:
            raise ModelError(
                f"The model's file {path} is damaged or was changed: its checksum or size differs "
                "from the manifest. Install the model again or train a new one."
            )
    return manifest


def load_weights(folder: Path) -> Weights:
    """Read all weights by name as float32, the embeddings included.

    Verify the folder with `load_manifest` first. Raises OSError when a file cannot be read.
    """
    with np.load(folder / WEIGHTS, allow_pickle=False) as stored:
        weights = {name: stored[name] for name in stored.files}
    return {"embeddings": load_embeddings(folder).astype(np.float32), **weights}


def load_embeddings(folder: Path) -> NDArray[np.float16]:
    """Map the embeddings into memory, float16 (words, dimensions); processes share the pages."""
    embeddings: NDArray[np.float16] = np.load(
        folder / EMBEDDINGS, mmap_mode="r", allow_pickle=False
    )
    return embeddings


def _parse(folder: Path) -> Manifest:
    path = folder / MANIFEST
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except OSError as e:
        raise ModelError(
            f"The folder {folder} has no model: {MANIFEST} cannot be read. "
            "Train one with `emojify train`."
        ) from e
    except ValueError as e:
        raise ModelError(f"{path} is not JSON. Install the model again.") from e
    if not isinstance(raw, dict) or raw.get("format") != FORMAT:
        raise ModelError(
            f"{path} does not have format {FORMAT}, which this release reads. "
            "Train a new model with `emojify train`."
        )
    raw.pop("sha256", None)
    try:
        files = {name: FileChecksum(**entry) for name, entry in raw.pop("files").items()}
        gate = Gate(**raw.pop("gate")) if raw.get("gate") else raw.pop("gate", None)
        manifest = Manifest(files=files, labels=tuple(raw.pop("labels")), gate=gate, **raw)
        _validate(manifest)
    except (KeyError, TypeError, AttributeError, ValueError) as e:
        raise ModelError(f"{path} is incomplete or has an invalid value: {e}.") from e
    return manifest


def _validate(manifest: Manifest) -> None:
    """Raise ValueError for values that would make predictions silently wrong."""
    if set(manifest.files) != set(FILES):  # also rejects names such as ../../elsewhere
        raise ValueError(f"files must be {', '.join(FILES)}")
    if manifest.labels != LABELS:
        raise ValueError(f"labels must be {', '.join(LABELS)}, in this order")
    if not (math.isfinite(manifest.temperature) and manifest.temperature > 0):
        raise ValueError("temperature must be above 0")
    if not 0 <= manifest.confidence_threshold <= 1:
        raise ValueError("confidence_threshold must lie between 0 and 1")
    gate = manifest.gate
    if gate and not (math.isfinite(gate.bias + gate.slope) and 0 < gate.scale < math.inf):
        raise ValueError("the gate's scale must be above 0, its bias and slope numbers")
    if gate and not 0 <= gate.threshold <= 1:
        raise ValueError("the gate's threshold must lie between 0 and 1")
