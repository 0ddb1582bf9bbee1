"""Write a trained network as a model folder, as `emojify train` does."""

from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from emojify_core.ml.data.training_data import TrainingData
from emojify_core.ml.model.artifact import Manifest
from emojify_core.ml.model.artifact_writer import save_artifact
from emojify_core.ml.model.config import NetworkConfig, TrainingConfig
from emojify_core.ml.training.held_out import EpochResult
from emojify_core.ml.training.train import TrainingResult

# TensorFlow's build for Linux on x86-64 is a package of its own.
LIBRARIES = ("emojify", "keras", "tensorflow", "tensorflow-cpu", "numpy", "onnx")


def library_versions() -> dict[str, str]:
    """Return the versions of the installed libraries that influence the weights."""
    versions = {}
    for name in LIBRARIES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return versions


def save_trained(
    folder: Path, data: TrainingData, config: TrainingConfig, result: TrainingResult
) -> Manifest:
    """Write the trained network as a model to `folder` and return its manifest."""
    vocabulary_size, dimensions = data.embeddings.shape
    best = result.best
    manifest = Manifest(
        files={},
        temperature=result.calibration.temperature,
        confidence_threshold=result.calibration.confidence_threshold,
        gate=result.calibration.gate,
        reading=data.reading,
        network=asdict(NetworkConfig(vocabulary_size, dimensions, gate=data.gated)),
        training=asdict(config),
        epochs=best.number,
        data=data.origin,
        metrics=_metrics(data, best),
        versions=library_versions(),
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    return save_artifact(folder, data.vocabulary, result.weights, manifest)


def _metrics(data: TrainingData, best: EpochResult) -> dict[str, Any]:
    validation = {
        "rows": len(data.validation),
        "accuracy": round(best.validation_accuracy, 4),
        "macro_f1": round(best.validation_macro_f1, 4),
        "nll": round(best.validation_nll, 4),
    }
    if data.comments is None:
        return {"validation": validation}
    comments = {
        "rows": len(data.comments.emotional),
        "neutral": len(data.comments.neutral),
        "accuracy": round(best.comments_accuracy, 4),
        "nll": round(best.comments_nll, 4),
    }
    return {"validation": validation, "comments": comments}
