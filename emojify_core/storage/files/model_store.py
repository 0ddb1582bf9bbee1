"""The files of models, in a file store."""

from dataclasses import dataclass
from pathlib import Path

from emojify_core.storage.files.store import FileStore


@dataclass(frozen=True, slots=True)
class ModelStore:
    """Stores each model in a folder that is named by its sha256.

    Every method raises StorageUnavailableError when the store does not answer.
    """

    files: FileStore
    cache: Path  # the local folder for models from a remote store

    def put(self, sha256: str, folder: Path) -> None:
        """Store a model, unless it is stored already."""
        self.files.put_folder(_name(sha256), folder)

    def holds(self, sha256: str) -> bool:
        """Tell whether the files of a model exist: those of old versions are deleted."""
        return self.files.exists(_name(sha256))

    def folder(self, sha256: str) -> Path:
        """Return a local folder with the files of a model. Raises NotStoredError."""
        return self.files.fetch_folder(_name(sha256), self.cache)


def _name(sha256: str) -> str:
    return f"models/{sha256}"
