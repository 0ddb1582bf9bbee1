"""Build the storage of an installation from its settings."""

from dataclasses import dataclass

from sqlalchemy import Engine

from emojify_core.settings import Settings
from emojify_core.storage.batches.chunk_repository import ChunkRepository
from emojify_core.storage.batches.repository import BatchRepository
from emojify_core.storage.corrections.repository import CorrectionRepository
from emojify_core.storage.corrections.review_queue import ReviewQueue
from emojify_core.storage.database.engine import make_engine
from emojify_core.storage.database.migrate import upgrade
from emojify_core.storage.files.factory import open_store
from emojify_core.storage.files.model_store import ModelStore
from emojify_core.storage.files.store import FileStore
from emojify_core.storage.sign_ins.repository import SignInRepository
from emojify_core.storage.versions.repository import VersionRepository


@dataclass(frozen=True, slots=True)
class Storage:
    """The stores of an installation, which its processes share."""

    engine: Engine
    corrections: CorrectionRepository
    versions: VersionRepository
    files: FileStore
    models: ModelStore
    batches: BatchRepository
    chunks: ChunkRepository
    sign_ins: SignInRepository
    reviews: ReviewQueue


def open_storage(settings: Settings) -> Storage:
    """Return the storage. It reads and writes nothing before its first use."""
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
        SignInRepository(engine),
        ReviewQueue(engine),
    )


def prepare_storage(storage: Storage) -> None:
    """Migrate the database to this release. Several processes may do so at once."""
    upgrade(storage.engine)
