"""Data in, a model's folder out: what `emojify train` runs."""

from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from emojify_core.ml.data.training_data import TrainingData
from emojify_core.ml.model.artifact import Manifest
from emojify_core.ml.model.artifact_writer import save_artifact
from emojify_core.ml.model.config import NetworkConfig, TrainingConfig
from emojify_core.ml.training.train import Trained

# TensorFlow's build for Linux on x86-64 has a name of its own.
LIBRARIES = ("emojify", "keras", "tensorflow", "tensorflow-cpu", "numpy", "onnx")


def library_versions() -> dict[str, str]:
    """Versions of what the weights depend on, as far as installed."""
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def save_trained(
    folder: Path, data: TrainingData, settings: TrainingConfig, trained: Trained
) -> Manifest:
    """Write the trained network as a model to `folder` and return its manifest."""
    words, dimensions = data.vectors.shape
    about = Manifest(
        files={},
        temperature=trained.best.temperature,
        confidence_threshold=trained.confidence_threshold,
        network=asdict(NetworkConfig(words, dimensions)),
        training=asdict(settings),
        epochs=trained.best.number,
        data=data.origin,
        metrics={
            "validation": {
                "rows": len(data.validation),
                "accuracy": round(trained.best.validation_accuracy, 4),
                "macro_f1": round(trained.best.validation_macro_f1, 4),
                "nll": round(trained.best.validation_nll, 4),
            }
        },
        versions=library_versions(),
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    return save_artifact(folder, data.vocabulary, trained.weights, about)
