"""The parts of a worker that do batches, each by itself, on a real database and file store."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from emojify_core.batches.files import BatchFiles
from emojify_core.batches.finishing import finish
from emojify_core.celery_app import make_celery
from emojify_core.errors import StorageUnavailableError
from emojify_core.messages import ChunkRequest, Queue, State, Task
from emojify_core.presence import Presence
from emojify_core.redis_client import connect
from emojify_core.settings import Settings
from emojify_core.storage.batch_records import Batch
from emojify_core.storage.batches import Batches
from support.batch_stack import BatchStack
from support.clock import Clock
from support.deadlines import eventually
from support.homes import fresh_home
from support.redis_server import RedisServer
from worker.answering_chunks import ChunkAnswerer
from worker.base_model import prepare
from worker.batches import register_batch_tasks
from worker.chunk_writer import ChunkWriter
from worker.cutting import Cutter
from worker.cutting_thread import CuttingThread
from worker.dispatcher import WINDOW, Dispatcher, predictions_wait
from worker.model import ModelHolder
from worker.pace import Pace
from worker.pinned_models import PinnedModels
from worker.reporting import Reporter
from worker.retention import ORPHANED, SETTLED, Retention

TEXT = "I was so happy when I passed the exam.\n"


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
        prepare(stack.storage)
        with server.client() as client:
            client.flushall()
        yield stack


@pytest.fixture
def cutter(stack: BatchStack) -> Cutter:
    """Return what cuts its files."""
    return Cutter(stack.storage, stack.files)


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
    holder = ModelHolder(stack.storage)
    holder.load()
    pinned, pace = PinnedModels(stack.storage, holder), Pace(lambda: True)
    pace.somebody_asks()
    return ChunkAnswerer(stack.storage, stack.files, pinned, writer, pace)


@pytest.fixture
def dispatcher(stack: BatchStack, server: RedisServer) -> Iterator[Dispatcher]:
    """Return a dispatcher whose thread does not run: a test looks when it wants."""
    with connect(server.url) as client:
        finishing = partial(finish, stack.batches, stack.chunks, stack.files)
        retention = Retention(stack.storage, stack.files, timedelta(days=7))
        yield Dispatcher(make_celery(stack.settings), client, stack.storage, finishing, retention)


def cut_whole(stack: BatchStack, cutter: Cutter, rows: int) -> Batch:
    """Submit a file and cut it."""
    batch = stack.submit(TEXT * rows, "a.txt")
    while (left := cutter.step(batch.id)) and not left.cut_whole:
        pass
    return stack.batches.get(batch.id)


def queued(server: RedisServer) -> int:
    """Return how many messages wait for a worker."""
    with server.client() as client:
        return int(client.llen(Queue.BATCH))  # type: ignore[arg-type]


def test_a_chunk_gives_way_and_goes_on_where_it_was(
    stack: BatchStack, cutter: Cutter, answerer: ChunkAnswerer, writer: ChunkWriter
) -> None:
    """Whoever waits for a prediction waits for a step, and no step is done twice."""
    batch = cut_whole(stack, cutter, 500)
    steps = 1
    while not answerer.answer(ChunkRequest(batch.id, 0)):
        steps += 1
        assert steps < 100
        assert stack.batches.get(batch.id).done == 0
    assert steps >= 4
    done = stack.until_over(batch)
    assert (done.state, done.done) == (State.SUCCEEDED, 500)
    assert {row["label"] for row in stack.rows(done)} == {"joy"}
    assert answerer.answer(ChunkRequest(batch.id, 0)), "what is done is not done again"
    del writer


def test_what_was_begun_goes_on_before_anything_else(
    stack: BatchStack, cutter: Cutter, answerer: ChunkAnswerer
) -> None:
    """However many messages wait, a stream of predictions does not keep a batch from its end."""
    batch = cut_whole(stack, cutter, 5_000)
    assert batch.chunks >= 5
    waiting, messages = [ChunkRequest(batch.id, number) for number in range(batch.chunks)], 0
    while waiting:
        request = waiting.pop(0)
        if not answerer.answer(request):
            waiting.append(request)
        messages += 1
        assert messages < 1_000
    done = stack.until_over(batch)
    assert (done.state, done.done) == (State.SUCCEEDED, 5_000)


def test_a_chunk_that_gave_way_and_was_cancelled_is_forgotten(
    stack: BatchStack, cutter: Cutter, answerer: ChunkAnswerer
) -> None:
    """Nothing more is done for it."""
    batch = cut_whole(stack, cutter, 500)
    assert not answerer.answer(ChunkRequest(batch.id, 0))
    stack.batches.end(batch.id, State.CANCELLED)
    assert answerer.answer(ChunkRequest(batch.id, 0))
    assert stack.batches.get(batch.id).done == 0


def test_who_cuts_at_the_same_time_cuts_once(stack: BatchStack, cutter: Cutter) -> None:
    """However often the message is delivered, every row is in one chunk."""
    batch = stack.submit(TEXT * 20_000, "a.txt")

    def cut() -> None:
        while not stack.batches.get(batch.id).cut_whole:
            cutter.step(batch.id)

    threads = [threading.Thread(target=cut) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    chunks = list(stack.chunks.of(batch.id))
    assert stack.batches.get(batch.id).rows == 20_000 == sum(chunk.rows for chunk in chunks)
    ends = [chunk.start + chunk.length for chunk in chunks]
    assert [chunk.start for chunk in chunks] == [0, *ends[:-1]]
    assert ends[-1] == batch.size


def test_the_queue_is_kept_short(
    stack: BatchStack, cutter: Cutter, dispatcher: Dispatcher, server: RedisServer
) -> None:
    """A million rows do not fill Redis, and what is cancelled runs out soon."""
    batch = cut_whole(stack, cutter, 60_000)
    assert batch.chunks > WINDOW
    assert dispatcher.look()
    assert WINDOW <= queued(server) <= WINDOW + 1  # and the message that cuts
    dispatcher.look()
    assert queued(server) <= WINDOW + 1
    stack.batches.end(batch.id, State.CANCELLED)
    assert not dispatcher.look()


def test_an_uncut_batch_is_cut_even_if_nobody_asked(
    stack: BatchStack, dispatcher: Dispatcher, server: RedisServer
) -> None:
    """The web may die between storing a file and saying so."""
    stack.submit(TEXT, "a.txt")
    with server.client() as client:
        client.flushall()
    dispatcher.look()
    assert queued(server) == 1


def test_somebody_waits_while_a_prediction_is_queued(server: RedisServer) -> None:
    """A Redis that is away lets the work go on."""
    with connect(server.url) as client:
        assert not predictions_wait(client)
        client.lpush(Queue.PREDICT, "{}")
        assert predictions_wait(client)
        client.delete(Queue.PREDICT)
    with connect("unix:///does/not/exist") as nowhere:
        assert not predictions_wait(nowhere)


def test_a_file_store_that_is_away_wears_out_no_batch(
    stack: BatchStack,
    cutter: Cutter,
    answerer: ChunkAnswerer,
    server: RedisServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However long a disk is full: the try does not count, and afterwards the batch goes on."""
    celery = make_celery(stack.settings)
    reporter = Reporter(Presence(connect(server.url)), "test", lambda: 1, lambda: "")
    cutting = CuttingThread(celery, cutter, lambda: None)
    register_batch_tasks(celery, cutting, answerer, reporter)

    def full(*_: object) -> None:
        raise StorageUnavailableError("The disk is full.")

    for part in ("read", "put_answers"):
        batch = cut_whole(stack, cutter, 5)
        payload = ChunkRequest(batch.id, 0).to_payload()
        assert [chunk.attempts for chunk in stack.chunks.take(1)] == [1]
        with monkeypatch.context() as broken:
            broken.setattr(BatchFiles, part, full)
            celery.tasks[Task.CHUNK](payload)
            eventually(
                lambda: [one.attempts for one in stack.chunks.of(batch.id)] == [0],  # noqa: B023
                within=10,
                what="the try is not counted",
            )
        celery.tasks[Task.CHUNK](payload)
        assert stack.until_over(batch).state is State.SUCCEEDED


def test_files_are_kept_for_their_time(
    stack: BatchStack, cutter: Cutter, answerer: ChunkAnswerer
) -> None:
    """Results for a week; of what was cancelled, nothing but the fact."""
    clock = Clock()
    clock.time = datetime.now(UTC)
    late = replace(stack.storage, batches=Batches(stack.storage.engine, clock))
    retention = Retention(late, stack.files, timedelta(days=7))
    batch = cut_whole(stack, cutter, 5)
    assert answerer.answer(ChunkRequest(batch.id, 0))
    done = stack.until_over(batch)
    cancelled = stack.batches.end(cut_whole(stack, cutter, 5).id, State.CANCELLED)
    clock.forward(seconds=10)
    retention.sweep(clock.time)
    assert stack.storage.files.exists(f"batches/{cancelled.id}/input"), "a worker may still write"
    clock.forward(seconds=SETTLED.total_seconds())
    retention.sweep(clock.time)
    assert not stack.storage.files.exists(f"batches/{cancelled.id}/input")
    assert len(stack.rows(done)) == 5
    clock.forward(days=7)
    retention.sweep(clock.time)
    assert not stack.storage.files.exists(f"batches/{done.id}/input")
    assert stack.batches.get(done.id).state is State.EXPIRED
    clock.forward(days=8)
    retention.sweep(clock.time)
    assert stack.batches.page() == []


def test_files_of_nobody_are_swept(stack: BatchStack) -> None:
    """A web process that dies between file and database leaves nothing for ever."""
    retention = Retention(stack.storage, stack.files, timedelta(days=7))
    owned = stack.submit(TEXT, "a.txt")
    for name in ("manifest.json", "input"):
        with stack.storage.files.create(f"batches/nobody/{name}") as file:
            file.write(b"{}")
    retention.sweep_orphans(datetime.now(UTC))
    assert stack.storage.files.exists("batches/nobody/input"), "it may be an upload"
    retention.sweep_orphans(datetime.now(UTC) + ORPHANED + timedelta(minutes=1))
    assert not stack.storage.files.exists("batches/nobody/input")
    assert stack.storage.files.exists(f"batches/{owned.id}/input")


def test_a_chunk_that_kills_every_worker_fails_its_batch(
    stack: BatchStack, cutter: Cutter, dispatcher: Dispatcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ends in a sentence instead of going round for ever."""
    monkeypatch.setattr("worker.dispatcher.ATTEMPTS", 1)
    batch = cut_whole(stack, cutter, 10)
    dispatcher.look()
    ended = stack.batches.get(batch.id)
    assert (ended.state, ended.error_code) == (State.FAILED, "worn_out")
