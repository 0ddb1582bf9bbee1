"""The parts of a worker that do batches, each by itself, on a real database and file store."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest

from emojify_core.batches.completion import finish
from emojify_core.queue.celery_app import make_celery
from emojify_core.queue.redis_client import connect
from emojify_core.settings import Settings
from support.batch_stack import BatchStack
from support.homes import fresh_home
from support.redis_server import RedisServer
from worker.batches.chunk_answerer import ChunkAnswerer
from worker.batches.chunk_writer import ChunkWriter
from worker.batches.dispatcher import Dispatcher
from worker.batches.retention import Retention
from worker.batches.splitter import Splitter
from worker.batches.step_size import StepSizer
from worker.models.live_model import LiveModel
from worker.models.shipped_model import prepare_installation
from worker.models.version_cache import VersionCache


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    """Run a Redis with no worker at its other end."""
    with fresh_home() as home:
        server = RedisServer(home)
        server.start()
        yield server
        server.stop()


@pytest.fixture
def stack(server: RedisServer) -> Iterator[BatchStack]:
    """Return access to batches that no worker touches."""
    with fresh_home() as home:
        environ = {"EMOJIFY_HOME": str(home), "EMOJIFY_REDIS_URL": server.url}
        stack = BatchStack(Settings.from_env(environ))
        prepare_installation(stack.storage)
        with server.client() as client:
            client.flushall()
        yield stack


@pytest.fixture
def splitter(stack: BatchStack) -> Splitter:
    """Return what cuts its files."""
    return Splitter(stack.storage, stack.files)


@pytest.fixture
def writer(stack: BatchStack) -> Iterator[ChunkWriter]:
    """Run what stores its answers."""
    finishing = partial(finish, stack.batches, stack.chunks, stack.files)
    writer = ChunkWriter(stack.files, stack.chunks, finishing)
    writer.start()
    yield writer
    writer.stop()


@pytest.fixture
def answerer(stack: BatchStack, writer: ChunkWriter) -> ChunkAnswerer:
    """Return what answers its chunks, and gives way whenever it can."""
    holder = LiveModel(stack.storage)
    holder.load()
    pinned, pace = VersionCache(stack.storage, holder), StepSizer(lambda: True)
    pace.record_prediction()
    return ChunkAnswerer(stack.storage, stack.files, pinned, writer, pace)


@pytest.fixture
def dispatcher(stack: BatchStack, server: RedisServer) -> Iterator[Dispatcher]:
    """Return a dispatcher whose thread does not run: a test looks when it wants."""
    with connect(server.url) as client:
        finishing = partial(finish, stack.batches, stack.chunks, stack.files)
        retention = Retention(stack.storage, stack.files, timedelta(days=7))
        yield Dispatcher(make_celery(stack.settings), client, stack.storage, finishing, retention)
