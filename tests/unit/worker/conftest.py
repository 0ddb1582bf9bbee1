"""A real database and file store, and a trainer whose updates need no TensorFlow."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from emojify_core.settings import Settings
from emojify_core.storage.factory import Storage, open_storage
from support.databases import SqliteDatabases
from support.fake_update_runner import BASE_FILES, FakeUpdateRunner
from support.redis_server import RedisServer, running_redis
from support.trainer import CrashableTrainer


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Keep the tracebacks of intended errors out of the output."""
    with structlog.testing.capture_logs():
        yield


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabases:
    """Return a maker of databases."""
    return SqliteDatabases(tmp_path_factory.mktemp("training"))


@pytest.fixture
def settings(databases: SqliteDatabases, tmp_path: Path) -> Settings:
    """Return the settings of an installation in a fresh folder."""
    url = databases.fresh()
    return Settings.from_env({"EMOJIFY_HOME": str(tmp_path), "EMOJIFY_DATABASE_URL": url})


@pytest.fixture
def storage(settings: Settings) -> Iterator[Storage]:
    """Give a storage with empty tables."""
    storage = open_storage(settings)
    yield storage
    storage.engine.dispose()


@pytest.fixture
def trainer(storage: Storage, tmp_path: Path) -> CrashableTrainer:
    """Return a trainer of an installation that has its base version."""
    base = tmp_path / "base"
    base.mkdir()
    (base / "manifest.json").write_text("{}")
    storage.models.put(BASE_FILES, base)
    storage.versions.ensure_base(BASE_FILES, {})
    return CrashableTrainer(storage, FakeUpdateRunner(tmp_path))


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """Run a Redis. A test that stops it starts it again."""
    with running_redis() as server:
        yield server
