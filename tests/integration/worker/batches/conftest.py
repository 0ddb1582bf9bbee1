"""The parts of a worker that process batches, on a real database and file store."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest

from emojify_core.batches.completion import finish_batch
from emojify_core.queue.celery_app import make_celery
from emojify_core.queue.redis_client import connect
from emojify_core.settings import Settings
from support.batch_stack import BatchStack
from support.homes import fresh_home
from support.redis_server import RedisServer, running_redis
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
    """Run a Redis without a worker."""
    with running_redis() as server:
        yield server


@pytest.fixture
def stack(server: RedisServer) -> Iterator[BatchStack]:
    """Return access to batches that no worker processes."""
    with fresh_home() as home:
        environ = {"EMOJIFY_HOME": str(home), "EMOJIFY_REDIS_URL": server.url}
        stack = BatchStack(Settings.from_env(environ))
        prepare_installation(stack.storage)
        with server.client() as client:
            client.flushall()
        yield stack


@pytest.fixture
def splitter(stack: BatchStack) -> Splitter:
    """Return the splitter of these batches."""
    return Splitter(stack.storage, stack.files)


@pytest.fixture
def writer(stack: BatchStack) -> Iterator[ChunkWriter]:
    """Run the writer of these batches' answers."""
    finish = partial(finish_batch, stack.batches, stack.chunks, stack.files)
    writer = ChunkWriter(stack.files, stack.chunks, finish)
    writer.start()
    yield writer
    writer.stop()


@pytest.fixture
def answerer(stack: BatchStack, writer: ChunkWriter) -> ChunkAnswerer:
    """Return an answerer that pauses a chunk after each step."""
    model = LiveModel(stack.storage)
    model.load()
    versions, sizer = VersionCache(stack.storage, model), StepSizer(lambda: True)
    sizer.record_prediction()
    return ChunkAnswerer(stack.storage, stack.files, versions, writer, sizer)


@pytest.fixture
def dispatcher(stack: BatchStack, server: RedisServer) -> Iterator[Dispatcher]:
    """Return a dispatcher without its thread: the test calls `dispatch`."""
    with connect(server.url) as client:
        finish = partial(finish_batch, stack.batches, stack.chunks, stack.files)
        retention = Retention(stack.storage, stack.files, timedelta(days=7))
        yield Dispatcher(make_celery(stack.settings), client, stack.storage, finish, retention)
