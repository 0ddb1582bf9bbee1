"""Batch files are kept for the retention time; orphaned files are deleted."""

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


def test_files_are_deleted_after_their_retention_time(
    stack: BatchStack, splitter: Splitter, answerer: ChunkAnswerer
) -> None:
    """Results are kept for a week; a cancelled batch keeps only its database row."""
    clock = Clock()
    clock.time = datetime.now(UTC)
    late = replace(stack.storage, batches=BatchRepository(stack.storage.engine, clock))
    retention = Retention(late, stack.files, timedelta(days=7))
    batch = split_fully(stack, splitter, 5)
    assert answerer.answer(ChunkRequest(batch.id, 0))
    done = stack.until_over(batch)
    cancelled = stack.batches.end(split_fully(stack, splitter, 5).id, State.CANCELLED)
    clock.forward(seconds=10)
    retention.delete_expired(clock.time)
    assert stack.storage.files.exists(f"batches/{cancelled.id}/input"), "a worker may still write"
    clock.forward(seconds=SETTLED.total_seconds())
    retention.delete_expired(clock.time)
    assert not stack.storage.files.exists(f"batches/{cancelled.id}/input")
    assert len(stack.rows(done)) == 5
    clock.forward(days=7)
    retention.delete_expired(clock.time)
    assert not stack.storage.files.exists(f"batches/{done.id}/input")
    assert stack.batches.get(done.id).state is State.EXPIRED
    stack.files.write_answers(done.id, 0, [], 1)  # by a late worker
    clock.forward(days=8)
    retention.delete_expired(clock.time)
    assert stack.batches.page() == []
    assert not stack.storage.files.exists(f"batches/{done.id}/results/000000.json")


def test_orphaned_files_are_deleted(stack: BatchStack) -> None:
    """A web process that dies before it adds the batch leaves files for a limited time only."""
    retention = Retention(stack.storage, stack.files, timedelta(days=7))
    owned = stack.submit(TEXT, "a.txt")
    for name in ("manifest.json", "input"):
        with stack.storage.files.create(f"batches/orphan/{name}") as file:
            file.write(b"{}")
    retention.delete_orphaned(datetime.now(UTC))
    assert stack.storage.files.exists("batches/orphan/input"), "it may be an upload"
    retention.delete_orphaned(datetime.now(UTC) + ORPHANED + timedelta(minutes=1))
    assert not stack.storage.files.exists("batches/orphan/input")
    assert stack.storage.files.exists(f"batches/{owned.id}/input")
