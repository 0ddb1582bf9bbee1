"""Loads a version's model from the file store, and checks that it is the right one."""

from pathlib import Path

from emojify_core.errors import ModelError
from emojify_core.ml.inference.predictor import Predictor
from emojify_core.ml.model.artifact import load_manifest
from emojify_core.storage.factory import Storage


def model_folder(storage: Storage, sha256: str) -> Path:
    """Return a local folder with the checked files of a model.

    Raises NotStoredError or StorageUnavailableError if the files cannot be read, ModelError if
    they are damaged or belong to another model.
    """
    folder = storage.models.folder(sha256)
    _require_hash(sha256, load_manifest(folder).sha256)
    return folder


def load_predictor(
    storage: Storage, sha256: str, *, threads: int, like: Predictor | None
) -> Predictor:
    """Return the predictor of a model. Raises the errors of `model_folder`."""
    predictor = Predictor.load(storage.models.folder(sha256), threads=threads, like=like)
    _require_hash(sha256, predictor.sha256)
    return predictor


def _require_hash(expected: str, actual: str) -> None:
    """Raise ModelError if the files are consistent, but differ from the database's hash."""
    if actual != expected:
        raise ModelError(
            f"The file store holds another model ({actual[:12]}) under the name {expected[:12]}. "
            "Activate another version, or restore the store from a backup."
        )
