"""A version's model, found in the store and known to be the one that the version names."""

from pathlib import Path

from emojify_core.errors import ModelError
from emojify_core.ml.inference.predictor import Predictor
from emojify_core.ml.model.artifact import load_manifest
from emojify_core.storage.factory import Storage


def model_folder(storage: Storage, sha256: str) -> Path:
    """Return a local folder with this model's files, checked.

    Raises NotStoredError, StorageUnavailableError, and ModelError for damaged files or another
    model's.
    """
    folder = storage.models.folder(sha256)
    _require(sha256, load_manifest(folder).sha256)
    return folder


def load_predictor(
    storage: Storage, sha256: str, *, threads: int, like: Predictor | None
) -> Predictor:
    """Return this model ready to answer; raises as `model_folder` does."""
    predictor = Predictor.load(storage.models.folder(sha256), threads=threads, like=like)
    _require(sha256, predictor.sha256)
    return predictor


def _require(wanted: str, found: str) -> None:
    """Raise ModelError for files that agree with each other, but not with the database."""
    if found != wanted:
        raise ModelError(
            f"The store holds another model ({found[:12]}) under the name of {wanted[:12]}. "
            "Activate another version, or put back the store from a backup."
        )
