"""Databases (SQLite and a real PostgreSQL) and file stores; most tests run on each kind."""

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import Engine

from emojify_core.storage.batches.chunk_repository import ChunkRepository
from emojify_core.storage.batches.repository import BatchRepository
from emojify_core.storage.corrections.repository import CorrectionRepository
from emojify_core.storage.database.engine import make_engine
from emojify_core.storage.files.factory import open_store
from emojify_core.storage.files.store import FileStore
from emojify_core.storage.versions.repository import VersionRepository
from support import stores
from support.clock import Clock
from support.databases import Databases, PostgresDatabases, SqliteDatabases
from support.learning import Trainer
from support.postgres_server import PostgresServer, find_binaries, running_postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """Run a PostgreSQL server. CI must have one; elsewhere the tests are skipped without it."""
    binaries = find_binaries()
    if binaries is None:
        reason = "there is no PostgreSQL here; install it (on Debian: apt install postgresql)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with running_postgres(binaries) as server:
        yield server


@pytest.fixture(scope="session")
def sqlite_databases() -> Iterator[SqliteDatabases]:
    """Give a maker of SQLite databases, in memory where the system has a place for it."""
    memory = Path("/dev/shm")  # noqa: S108 - a random folder in it
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield SqliteDatabases(Path(folder))


@pytest.fixture(scope="session")
def postgres_databases(postgres: PostgresServer) -> PostgresDatabases:
    """Return a maker of PostgreSQL databases."""
    return PostgresDatabases(postgres)


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest) -> Databases:
    """Return a maker of databases of either kind."""
    kind = "sqlite_databases" if request.param == "sqlite" else "postgres_databases"
    made: Databases = request.getfixturevalue(kind)
    return made


@pytest.fixture
def url(databases: Databases) -> Iterator[str]:
    """Give the URL of a fresh database with the tables."""
    url = databases.fresh()
    yield url
    databases.give_back(url)


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """Give an engine on a fresh database."""
    engine = make_engine(url)
    yield engine
    engine.dispose()


@pytest.fixture
def clock() -> Clock:
    """Return the clock of `corrections` and `versions`."""
    return Clock()


@pytest.fixture
def corrections(engine: Engine, clock: Clock) -> CorrectionRepository:
    """Return the corrections of an empty database."""
    return CorrectionRepository(engine, clock)


@pytest.fixture
def versions(engine: Engine, clock: Clock) -> VersionRepository:
    """Return the versions of an empty database."""
    return VersionRepository(engine, clock)


@pytest.fixture
def batches(engine: Engine, clock: Clock, versions: VersionRepository) -> BatchRepository:
    """Return the batches of an empty database, which has a first version of the model."""
    versions.ensure_base("0" * 64, {})
    return BatchRepository(engine, clock)


@pytest.fixture
def chunks(batches: BatchRepository) -> ChunkRepository:
    """Return the chunks of `batches`."""
    return ChunkRepository(batches.engine, batches.now)


@pytest.fixture
def trainer(corrections: CorrectionRepository, versions: VersionRepository) -> Trainer:
    """Return a trainer on this database that learns nothing."""
    return Trainer(corrections, versions)


@pytest.fixture(params=stores.ALL)
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of a new file store."""
    return stores.url_of(request.param, tmp_path)


@pytest.fixture
def store(store_url: str) -> FileStore:
    """Return an empty file store."""
    return open_store(store_url)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """Return a folder to store."""
    folder = tmp_path / "model"
    folder.mkdir()
    for name, content in stores.FILES.items():
        (folder / name).write_bytes(content)
    return folder
