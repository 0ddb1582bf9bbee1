"""Batches are stored, found by client, ended once and swept after their retention time."""

from datetime import timedelta

import pytest

from emojify_core.errors import NotStoredError, StorageError, UnstorableTextError
from emojify_core.messages import State
from emojify_core.storage.batches.chunk_repository import ChunkRepository
from emojify_core.storage.batches.repository import BatchRepository
from support.batching import HEAD, add_split, answered, draft
from support.clock import Clock


def test_a_batch_is_stored_as_given(batches: BatchRepository, clock: Clock) -> None:
    """The returned batch equals the stored one."""
    made = batches.add(draft(name="Ünïcode 😢.csv"))
    assert batches.get(made.id) == made
    assert (made.state, made.rows, made.done, made.failed) == (State.QUEUED, 0, 0, 0)
    assert (made.name, made.columns, made.position) == ("Ünïcode 😢.csv", ("id", "text"), HEAD)
    assert made.created_at == clock.time
    assert made.started_at is made.rate is made.eta is made.reason is None
    assert not made.fully_split


@pytest.mark.parametrize("batch_id", ["", "x" * 32, "a\0b", "\ud83d"])
def test_an_unknown_id_is_not_found(batches: BatchRepository, batch_id: str) -> None:
    """Any nonsense in a URL is simply not found."""
    for ask in (batches.get, batches.mark_swept, lambda one: batches.end(one, State.CANCELLED)):
        with pytest.raises(NotStoredError, match="no batch"):
            ask(batch_id)


def test_unstorable_text_is_refused_by_field() -> None:
    """The error names the field and says what to remove."""
    with pytest.raises(UnstorableTextError, match="name"):
        draft(name="a\0b")


def test_a_batch_needs_an_existing_version(batches: BatchRepository) -> None:
    """No batch is accepted that no model could classify."""
    with pytest.raises(StorageError, match="rule"):
        batches.add(draft(model_version=7))
    assert batches.page() == []


def test_clients_see_their_own_batches_newest_first(batches: BatchRepository) -> None:
    """The list has pages; an administrator sees all batches."""
    mine = [batches.add(draft("anna")) for _ in range(3)][::-1]
    theirs = batches.add(draft("ben"))
    assert batches.page(client="anna") == mine
    first = batches.page(client="anna", limit=2)
    assert batches.page(client="anna", before=first[-1].sequence) == mine[2:]
    assert batches.page() == [theirs, *mine]
    assert (batches.count_open("anna"), batches.count_open("nobody")) == (3, 0)


def test_kept_files_count_until_they_are_deleted(batches: BatchRepository) -> None:
    """Ended batches count, too; a batch of an older release counts the size of its file."""
    kept = batches.add(draft("anna", 100, network="net", stored_bytes=400))
    batches.add(draft("ben", 1_000, network="net"))
    gone = batches.add(draft("anna", 5_000, stored_bytes=7_000))
    assert (batches.stored_bytes(), batches.pending_bytes()) == (8_400, 2_300)
    for one in (kept, gone):
        batches.end(one.id, State.CANCELLED)
    assert (batches.stored_bytes(), batches.pending_bytes()) == (8_400, 0)
    batches.mark_swept(gone.id)
    assert batches.stored_bytes(client="anna") == 400
    assert batches.stored_bytes(network="net") == 1_400
    assert batches.stored_bytes(client="nobody") == 0


def test_a_batch_ends_once(batches: BatchRepository, clock: Clock) -> None:
    """A late cancellation or failure does not change the final state."""
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
    """The reason for its owner is stored."""
    ended = batches.end(batches.add(draft()).id, State.FAILED, code="row", reason="Row 7 is odd.")
    assert (ended.state, ended.error_code, ended.reason) == (State.FAILED, "row", "Row 7 is odd.")


def test_a_batch_succeeds_only_when_all_chunks_are_done(
    batches: BatchRepository, chunks: ChunkRepository
) -> None:
    """A successful batch lacks no row."""
    uncut = batches.add(draft())
    assert batches.end(uncut.id, State.SUCCEEDED).state is State.QUEUED
    batch = add_split(batches, chunks, 2, 3)
    assert chunks.complete(answered(batch, 1)) == []
    assert batches.end(batch.id, State.SUCCEEDED).state is State.RUNNING
    assert chunks.complete(answered(batch, 0)) == [batch.id]
    assert batches.end(batch.id, State.SUCCEEDED).state is State.SUCCEEDED


def test_rate_and_remaining_time_follow_the_progress(
    batches: BatchRepository, chunks: ChunkRepository, clock: Clock
) -> None:
    """A progress bar can show the remaining time."""
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


def test_files_expire_and_rows_are_deleted_later(
    batches: BatchRepository, chunks: ChunkRepository, clock: Clock
) -> None:
    """First the files are deleted and the batch expires; later its row is deleted."""
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
