"""Batches: kept, found by who made them, ended once, swept after their time."""

from datetime import timedelta

import pytest

from emojify_core.errors import NotStoredError, StorageError, UnstorableTextError
from emojify_core.messages import State
from emojify_core.storage.batches.chunk_repository import ChunkRepository
from emojify_core.storage.batches.repository import BatchRepository
from support.batching import HEAD, add_split, answered, draft
from support.clock import Clock


def test_a_batch_is_kept_as_it_was_made(batches: BatchRepository, clock: Clock) -> None:
    """What the answer names is what is stored."""
    made = batches.add(draft(name="Ünïcode 😢.csv"))
    assert batches.get(made.id) == made
    assert (made.state, made.rows, made.done, made.failed) == (State.QUEUED, 0, 0, 0)
    assert (made.name, made.columns, made.position) == ("Ünïcode 😢.csv", ("id", "text"), HEAD)
    assert made.created_at == clock.time
    assert made.started_at is made.rate is made.eta is made.reason is None
    assert not made.fully_split


@pytest.mark.parametrize("batch_id", ["", "x" * 32, "a\0b", "\ud83d"])
def test_an_unknown_id_is_not_stored(batches: BatchRepository, batch_id: str) -> None:
    """Any nonsense in an address is simply not there."""
    for ask in (batches.get, batches.mark_swept, lambda one: batches.end(one, State.CANCELLED)):
        with pytest.raises(NotStoredError, match="no batch"):
            ask(batch_id)


def test_what_no_database_keeps_is_refused_by_name() -> None:
    """A file's name is refused in a sentence, not broken over."""
    with pytest.raises(UnstorableTextError, match="name"):
        draft(name="a\0b")


def test_a_batch_needs_a_version_of_the_model_that_exists(batches: BatchRepository) -> None:
    """Nothing is accepted that nobody could answer."""
    with pytest.raises(StorageError, match="rule"):
        batches.add(draft(model_version=7))
    assert batches.page() == []


def test_everybody_sees_her_own_batches_newest_first(batches: BatchRepository) -> None:
    """A list is read page by page, and the administrator reads all."""
    mine = [batches.add(draft("anna")) for _ in range(3)][::-1]
    theirs = batches.add(draft("ben"))
    assert batches.page(client="anna") == mine
    first = batches.page(client="anna", limit=2)
    assert batches.page(client="anna", before=first[-1].sequence) == mine[2:]
    assert batches.page() == [theirs, *mine]
    assert (batches.count_open("anna"), batches.count_open("nobody")) == (3, 0)


def test_a_batch_ends_once(batches: BatchRepository, clock: Clock) -> None:
    """Who cancels too late does not undo what was reached, and nobody succeeds afterwards."""
    one = batches.add(draft())
    clock.forward(seconds=5)
    ended = batches.end(one.id, State.CANCELLED)
    assert (ended.state, ended.finished_at) == (State.CANCELLED, clock.time)
    clock.forward(seconds=5)
    assert batches.end(one.id, State.FAILED, code="x", reason="y") == ended
    assert batches.list_open() == []
    with pytest.raises(ValueError, match="not a final state"):
        batches.end(one.id, State.RUNNING)


def test_a_failed_batch_says_why(batches: BatchRepository) -> None:
    """The sentence for its owner is kept."""
    ended = batches.end(batches.add(draft()).id, State.FAILED, code="row", reason="Row 7 is odd.")
    assert (ended.state, ended.error_code, ended.reason) == (State.FAILED, "row", "Row 7 is odd.")


def test_a_batch_succeeds_only_when_it_is_done_whole(
    batches: BatchRepository, chunks: ChunkRepository
) -> None:
    """No row is missing from what is called a success."""
    uncut = batches.add(draft())
    assert batches.end(uncut.id, State.SUCCEEDED).state is State.QUEUED
    batch = add_split(batches, chunks, 2, 3)
    assert chunks.complete(answered(batch, 1)) == []
    assert batches.end(batch.id, State.SUCCEEDED).state is State.RUNNING
    assert chunks.complete(answered(batch, 0)) == [batch.id]
    assert batches.end(batch.id, State.SUCCEEDED).state is State.SUCCEEDED


def test_rate_and_time_left_follow_from_what_is_done(
    batches: BatchRepository, chunks: ChunkRepository, clock: Clock
) -> None:
    """A progress bar can say how long it will take."""
    batch = add_split(batches, chunks, 30, 10)
    clock.forward(seconds=10)
    chunks.complete(answered(batch, 0))
    now = batches.get(batch.id)
    assert now.rate == pytest.approx(3.0)
    assert now.eta == timedelta(seconds=10 / 3)
    clock.forward(seconds=10)
    chunks.complete(answered(batch, 1))
    over = batches.end(batch.id, State.SUCCEEDED)
    assert over.rate == pytest.approx(2.0)
    assert over.eta is None


def test_files_are_due_after_their_time_and_then_forgotten(
    batches: BatchRepository, chunks: ChunkRepository, clock: Clock
) -> None:
    """A file is kept for a while, then its row says that it expired, and then goes too."""
    batch = add_split(batches, chunks, 1)
    running = add_split(batches, chunks, 1)
    chunks.complete(answered(batch, 0))
    batches.end(batch.id, State.SUCCEEDED)
    cancelled = batches.end(batches.add(draft()).id, State.CANCELLED)
    assert batches.ended_before(clock.time) == []
    clock.forward(seconds=1)
    due = [one.id for one in batches.ended_before(clock.time)]
    assert due == [batch.id, cancelled.id]
    assert batches.mark_swept(batch.id).state is State.EXPIRED
    assert batches.mark_swept(cancelled.id).state is State.CANCELLED
    assert batches.ended_before(clock.time) == []
    assert list(chunks.of_batch(batch.id)) == []
    assert len(list(chunks.of_batch(running.id))) == 1
    assert batches.delete_swept(clock.time) == []
    clock.forward(seconds=1)
    assert sorted(batches.delete_swept(clock.time)) == sorted([batch.id, cancelled.id])
    assert [one.id for one in batches.page()] == [running.id]
