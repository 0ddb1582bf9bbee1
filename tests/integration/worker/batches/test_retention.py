"""Files of batches are kept for their time, and those of nobody are not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from emojify_core.messages import ChunkRequest, State
from emojify_core.storage.batches.repository import BatchRepository
from support.batch_parts import TEXT, split_fully
from support.batch_stack import BatchStack
from support.clock import Clock
from worker.batches.chunk_answerer import ChunkAnswerer
from worker.batches.retention import ORPHANED, SETTLED, Retention
from worker.batches.splitter import Splitter


def test_files_are_kept_for_their_time(
    stack: BatchStack, splitter: Splitter, answerer: ChunkAnswerer
) -> None:
    """Results for a week; of what was cancelled, nothing but the fact."""
    clock = Clock()
    clock.time = datetime.now(UTC)
    late = replace(stack.storage, batches=BatchRepository(stack.storage.engine, clock))
    retention = Retention(late, stack.files, timedelta(days=7))
    batch = split_fully(stack, splitter, 5)
    assert answerer.answer(ChunkRequest(batch.id, 0))
    done = stack.until_over(batch)
    cancelled = stack.batches.end(split_fully(stack, splitter, 5).id, State.CANCELLED)
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
    stack.files.put_answers(done.id, 0, [], 1)  # by a worker that was late
    clock.forward(days=8)
    retention.sweep(clock.time)
    assert stack.batches.page() == []
    assert not stack.storage.files.exists(f"batches/{done.id}/results/000000.json")


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
