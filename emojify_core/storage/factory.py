"""The storage of one installation, put together from its settings."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from emojify_core.settings import Settings
from emojify_core.storage.batches.chunk_repository import ChunkRepository
from emojify_core.storage.batches.repository import BatchRepository
from emojify_core.storage.corrections.repository import CorrectionRepository
from emojify_core.storage.database.engine import make_engine
from emojify_core.storage.database.migrate import upgrade
from emojify_core.storage.files.factory import open_store
from emojify_core.storage.files.store import FileStore
from emojify_core.storage.versions.repository import VersionRepository


@dataclass(frozen=True, slots=True)
class ModelStore:
    """The models' files, each in a folder named by its sha256."""

    files: FileStore
    cache: Path  # where folders of a remote store are kept on this machine

    def put(self, sha256: str, folder: Path) -> None:
        """Store a model; one that is there already stays."""
        self.files.put_folder(_name(sha256), folder)

    def holds(self, sha256: str) -> bool:
        """Tell whether a model's files are there: those of old versions are swept."""
        return self.files.exists(_name(sha256))

    def folder(self, sha256: str) -> Path:
        """Return a local folder with the model's files. Raises NotStoredError."""
        return self.files.fetch_folder(_name(sha256), self.cache)


@dataclass(frozen=True, slots=True)
class Storage:
    """Everything that outlives a process."""

    engine: Engine
    corrections: CorrectionRepository
    versions: VersionRepository
    files: FileStore
    models: ModelStore
    batches: BatchRepository
    chunks: ChunkRepository


def open_storage(settings: Settings) -> Storage:
    """Return the storage; nothing is read or written before its first use."""
    engine = make_engine(settings.database_url)
    files = open_store(settings.store_url)
    return Storage(
        engine,
        CorrectionRepository(engine),
        VersionRepository(engine),
        files,
        ModelStore(files, settings.home / "cache"),
        BatchRepository(engine),
        ChunkRepository(engine),
    )


def prepare_storage(storage: Storage) -> None:
    """Bring the database to this release's tables; safe to call from several processes."""
    upgrade(storage.engine)


def _name(sha256: str) -> str:
    return f"models/{sha256}"
