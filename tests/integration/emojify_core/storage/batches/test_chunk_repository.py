"""Chunks are added once, claimed in turn and completed once."""

import threading
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import event

from emojify_core.messages import ChunkRequest, State
from emojify_core.storage.batches.chunk_repository import ChunkRepository
from emojify_core.storage.batches.repository import BatchRepository
from support.batching import HEAD, add_split, answered, draft, spans
from support.clock import Clock


def test_chunks_of_successive_parts_follow_the_file(
    batches: BatchRepository, chunks: ChunkRepository
) -> None:
    """Each row is in one chunk, and each chunk knows its place in the file."""
    batch = batches.add(draft(size=110))
    assert chunks.add(batch, 60, spans(2, 3), ["id", "text"])
    batch = batches.get(batch.id)
    assert (batch.state, batch.rows, batch.chunks, batch.position) == (State.RUNNING, 5, 2, 60)
    assert chunks.add(batch, 110, spans(5, start=60), ["id", "text", "more"])
    batch = batches.get(batch.id)
    assert (batch.rows, batch.columns, batch.fully_split) == (10, ("id", "text", "more"), True)
    found = list(chunks.of_batch(batch.id))
    assert [(one.number, one.first_row, one.rows, one.start) for one in found] == [
        (0, 0, 2, HEAD),
        (1, 2, 3, 30),
        (2, 5, 5, 60),
    ]
    assert list(chunks.of_batch(batch.id, first=2)) == found[2:]


def test_names_are_written_only_when_there_are_new_ones(
    batches: BatchRepository, chunks: ChunkRepository
) -> None:
    """A thousand parts do not write 500 long names a thousand times."""
    statements: list[str] = []

    def remember(*arguments: object) -> None:
        statements.append(str(arguments[2]))

    batch = batches.add(draft(size=110))
    assert chunks.add(batch, 60, spans(2, 3), ["id", "long name"])
    batch = batches.get(batch.id)
    event.listen(chunks.engine, "before_cursor_execute", remember)
    try:
        assert chunks.add(batch, 90, spans(3, start=60), ["id", "long name"])
        assert not any("columns" in one for one in statements if one.startswith("UPDATE"))
        assert chunks.add(
            batches.get(batch.id), 110, spans(2, start=90), ["id", "long name", "more"]
        )
        assert any("columns" in one for one in statements if one.startswith("UPDATE"))
    finally:
        event.remove(chunks.engine, "before_cursor_execute", remember)
    assert batches.get(batch.id).columns == ("id", "long name", "more")


def test_two_workers_cannot_add_the_same_part(
    batches: BatchRepository, chunks: ChunkRepository
) -> None:
    """A message that is delivered twice adds no row twice."""
    batch = batches.add(draft())
    assert chunks.add(batch, 30, spans(2), [])
    assert not chunks.add(batch, 40, spans(3), [])
    assert batches.get(batch.id).rows == 2
    assert len(list(chunks.of_batch(batch.id))) == 1


def test_an_ended_batch_gets_no_chunks(batches: BatchRepository, chunks: ChunkRepository) -> None:
    """A cancelled batch causes no more work."""
    batch = batches.add(draft())
    batches.end(batch.id, State.CANCELLED)
    assert not chunks.add(batch, 30, spans(2), [])


def test_chunks_are_claimed_in_turn_and_once(
    batches: BatchRepository, chunks: ChunkRepository, clock: Clock
) -> None:
    """A small batch does not wait for a large one; a claim is not repeated too early."""
    large, small = add_split(batches, chunks, *[1] * 6), add_split(batches, chunks, 1, 1)
    taken = [(one.batch_id, one.number) for one in chunks.claim(5)]
    assert taken == [(large.id, 0), (small.id, 0), (large.id, 1), (small.id, 1), (large.id, 2)]
    assert [one.number for one in chunks.claim(9)] == [3, 4, 5]
    assert chunks.claim(9) == []
    assert chunks.claim(9, again_after=timedelta(seconds=10)) == []
    clock.forward(seconds=11)
    chunks.complete(answered(large, 0, 1))
    again = chunks.claim(9, again_after=timedelta(seconds=10))
    assert len(again) == 6
    assert {one.attempts for one in again} == {2}


def test_an_unsent_chunk_is_due_at_once(batches: BatchRepository, chunks: ChunkRepository) -> None:
    """A short outage of the queue does not count as an attempt."""
    add_split(batches, chunks, 1)
    chunks.release(chunks.claim(1))
    assert [one.attempts for one in chunks.claim(1)] == [1]


def test_an_unstored_chunk_is_due_later(
    batches: BatchRepository, chunks: ChunkRepository, clock: Clock
) -> None:
    """An outage of the file store does not count as an attempt either."""
    add_split(batches, chunks, 1)
    later = timedelta(seconds=10)
    for _ in range(20):
        (taken,) = chunks.claim(9, again_after=later)
        assert taken.attempts == 1
        chunks.release([taken], at_once=False)
        assert chunks.claim(9, again_after=later) == []
        clock.forward(seconds=11)


def test_a_chunk_counts_once(
    batches: BatchRepository, chunks: ChunkRepository, clock: Clock
) -> None:
    """A message that is delivered twice counts no row twice."""
    batch = add_split(batches, chunks, 2, 3)
    assert chunks.find_unfinished(ChunkRequest(batch.id, 0))
    clock.forward(seconds=1)
    assert chunks.complete([*answered(batch, 0, failed=1), *answered(batch, 0, failed=1)]) == []
    assert chunks.complete(answered(batch, 0)) == []
    assert chunks.find_unfinished(ChunkRequest(batch.id, 0)) is None
    now = batches.get(batch.id)
    assert (now.done, now.failed, now.chunks_done, now.updated_at) == (2, 1, 1, clock.time)
    assert [one.summary for one in chunks.of_batch(batch.id)] == [{"errors": {"blank": 1}}, None]
    assert chunks.complete(answered(batch, 1)) == [batch.id]
    assert chunks.complete(answered(batch, 1)) == []


def test_an_ended_batch_has_no_work_left(batches: BatchRepository, chunks: ChunkRepository) -> None:
    """After a cancellation the remaining messages do nothing."""
    batch = add_split(batches, chunks, 1, 1)
    batches.end(batch.id, State.CANCELLED)
    assert chunks.find_unfinished(ChunkRequest(batch.id, 0)) is None
    assert chunks.claim(9) == []
    assert chunks.complete(answered(batch, 0)) == []
    assert batches.get(batch.id).done == 0
    assert chunks.find_unfinished(ChunkRequest("nobody's", 0)) is None
    assert chunks.complete(answered(replace(batch, id="nobody's"), 0)) == []


def test_a_chunk_that_never_finishes_exhausts_its_batch(
    batches: BatchRepository, chunks: ChunkRepository
) -> None:
    """A chunk that kills every worker does not do so forever."""
    batch, healthy = add_split(batches, chunks, 1), add_split(batches, chunks, 1)
    chunks.complete(answered(healthy, 0))
    for _ in range(3):
        assert len(chunks.claim(9, again_after=timedelta(seconds=-1))) == 1
    assert batches.exhausted(4) == set()
    assert batches.exhausted(3) == {batch.id}


def test_many_workers_count_every_row_once(
    batches: BatchRepository, chunks: ChunkRepository
) -> None:
    """Two workers complete each of twenty chunks at once; each row counts once."""
    batch = add_split(batches, chunks, *[3] * 20)
    whole: list[str] = []

    def worker(first: int) -> None:
        for number in range(first, 20, 2):
            whole.extend(chunks.complete(answered(batch, number)))

    threads = [threading.Thread(target=worker, args=(first,)) for first in (0, 1, 0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert batches.get(batch.id).done == 60
    assert whole == [batch.id]
