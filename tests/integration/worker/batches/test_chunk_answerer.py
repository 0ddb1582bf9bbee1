"""Chunks are answered in steps, paused for predictions, and released when storage fails."""

from dataclasses import replace

import pytest

from emojify_core.batches.batch_files import BatchFiles
from emojify_core.batches.completion import finish_batch
from emojify_core.batches.results.summary import Summary, UncertainRow
from emojify_core.errors import StorageUnavailableError
from emojify_core.messages import ChunkRequest, State, Task
from emojify_core.queue.celery_app import make_celery
from emojify_core.queue.redis_client import connect
from emojify_core.queue.worker_presence import Presence
from support.batch_parts import TEXT, split_fully
from support.batch_stack import BatchStack
from support.deadlines import eventually
from support.redis_server import RedisServer
from worker.batches.chunk_answerer import ChunkAnswerer
from worker.batches.chunk_writer import ChunkWriter
from worker.batches.splitter import Splitter, SplitterThread
from worker.batches.tasks import register_batch_tasks
from worker.process.presence_reporter import PresenceReporter


def test_paused_chunk_continues_where_it_stopped(
    stack: BatchStack, splitter: Splitter, answerer: ChunkAnswerer, writer: ChunkWriter
) -> None:
    """A prediction waits for one step at most, and no step runs twice."""
    batch = split_fully(stack, splitter, 500)
    steps = 1
    while not answerer.answer(ChunkRequest(batch.id, 0)):
        steps += 1
        assert steps < 100
        assert stack.batches.get(batch.id).done == 0
    assert steps >= 4
    done = stack.until_over(batch)
    assert (done.state, done.done) == (State.SUCCEEDED, 500)
    assert {row["label"] for row in stack.rows(done)} == {"joy"}
    assert answerer.answer(ChunkRequest(batch.id, 0)), "a finished chunk is not answered again"
    del writer


def test_paused_chunk_continues_before_another_starts(
    stack: BatchStack, splitter: Splitter, answerer: ChunkAnswerer
) -> None:
    """Batches make progress under a steady stream of predictions."""
    batch = split_fully(stack, splitter, 5_000)
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


def test_paused_chunk_of_a_cancelled_batch_is_dropped(
    stack: BatchStack, splitter: Splitter, answerer: ChunkAnswerer
) -> None:
    """No more rows of it are answered."""
    batch = split_fully(stack, splitter, 500)
    assert not answerer.answer(ChunkRequest(batch.id, 0))
    stack.batches.end(batch.id, State.CANCELLED)
    assert answerer.answer(ChunkRequest(batch.id, 0))
    assert stack.batches.get(batch.id).done == 0


def test_batch_without_its_file_fails(
    stack: BatchStack, splitter: Splitter, answerer: ChunkAnswerer
) -> None:
    """It fails at its next step, for example after a restore of the database alone."""
    unsplit = stack.submit(TEXT, "a.txt")
    stack.files.delete(unsplit.id)
    assert splitter.split_next_part(unsplit.id) is None
    unanswered = split_fully(stack, splitter, 5)
    stack.files.delete(unanswered.id)
    assert answerer.answer(ChunkRequest(unanswered.id, 0))
    unfinished = split_fully(stack, splitter, 5)
    doubtful = Summary(least=(UncertainRow(0.5, 0, "joy"),)).to_json()
    (chunk,) = stack.chunks.of_batch(unfinished.id)
    stack.chunks.complete([replace(chunk, summary=doubtful)])
    stack.files.delete(unfinished.id)
    finish_batch(stack.batches, stack.chunks, stack.files, unfinished.id)
    for batch in (unsplit, unanswered, unfinished):
        ended = stack.batches.get(batch.id)
        assert (ended.state, ended.error_code) == (State.FAILED, "file_gone")


def test_unmounted_file_store_fails_no_batch(
    stack: BatchStack, splitter: Splitter, answerer: ChunkAnswerer
) -> None:
    """When the store is mounted again, the batches continue."""
    unsplit, unanswered = stack.submit(TEXT, "a.txt"), split_fully(stack, splitter, 5)
    root = stack.settings.home / "store"
    root.rename(root.with_name("elsewhere"))
    with pytest.raises(StorageUnavailableError, match="mounted"):
        splitter.split_next_part(unsplit.id)
    with pytest.raises(StorageUnavailableError, match="mounted"):
        answerer.answer(ChunkRequest(unanswered.id, 0))
    root.with_name("elsewhere").rename(root)
    assert splitter.split_next_part(unsplit.id)
    for batch in (unsplit, unanswered):
        assert answerer.answer(ChunkRequest(batch.id, 0))
        assert stack.until_over(batch).state is State.SUCCEEDED


def test_full_disk_counts_no_attempts(
    stack: BatchStack,
    splitter: Splitter,
    answerer: ChunkAnswerer,
    server: RedisServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However long the disk is full, the batch continues afterwards."""
    celery = make_celery(stack.settings)
    reporter = PresenceReporter(Presence(connect(server.url)), "test", lambda: 1, lambda: "")
    splitting = SplitterThread(celery, splitter, lambda: None)
    register_batch_tasks(celery, splitting, answerer, reporter)

    def full(*_: object) -> None:
        raise StorageUnavailableError("The disk is full.")

    for part in ("read", "write_answers"):
        batch = split_fully(stack, splitter, 5)
        payload = ChunkRequest(batch.id, 0).to_payload()
        assert [chunk.attempts for chunk in stack.chunks.claim(1)] == [1]
        with monkeypatch.context() as broken:
            broken.setattr(BatchFiles, part, full)
            celery.tasks[Task.CHUNK](payload)
            eventually(
                lambda: [one.attempts for one in stack.chunks.of_batch(batch.id)] == [0],  # noqa: B023
                within=10,
                what="the attempt is not counted",
            )
        celery.tasks[Task.CHUNK](payload)
        assert stack.until_over(batch).state is State.SUCCEEDED
