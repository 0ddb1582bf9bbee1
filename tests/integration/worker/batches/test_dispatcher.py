"""The dispatcher keeps the queue filled but short; concurrent workers split a file once."""

import threading

import pytest

from emojify_core.messages import Queue, State
from emojify_core.queue.redis_client import connect
from support.batch_parts import TEXT, queued, split_fully
from support.batch_stack import BatchStack
from support.redis_server import RedisServer
from worker.batches.dispatcher import WINDOW, Dispatcher, predictions_wait
from worker.batches.splitter import Splitter


def test_concurrent_workers_split_a_file_once(stack: BatchStack, splitter: Splitter) -> None:
    """Every row is in exactly one chunk, however often a message is delivered."""
    batch = stack.submit(TEXT * 20_000, "a.txt")

    def split() -> None:
        while not stack.batches.get(batch.id).fully_split:
            splitter.split_next_part(batch.id)

    threads = [threading.Thread(target=split) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    chunks = list(stack.chunks.of_batch(batch.id))
    assert stack.batches.get(batch.id).rows == 20_000 == sum(chunk.rows for chunk in chunks)
    ends = [chunk.start + chunk.length for chunk in chunks]
    assert [chunk.start for chunk in chunks] == [0, *ends[:-1]]
    assert ends[-1] == batch.size


def test_the_queue_is_kept_short(
    stack: BatchStack, splitter: Splitter, dispatcher: Dispatcher, server: RedisServer
) -> None:
    """A million rows do not fill Redis, and a cancelled batch ends soon."""
    batch = split_fully(stack, splitter, 60_000)
    assert batch.chunks > WINDOW
    assert dispatcher.dispatch()
    assert WINDOW <= queued(server) <= WINDOW + 1  # and the message that splits
    dispatcher.dispatch()
    assert queued(server) <= WINDOW + 1
    stack.batches.end(batch.id, State.CANCELLED)
    assert not dispatcher.dispatch()


def test_dispatcher_requests_a_missing_split(
    stack: BatchStack, dispatcher: Dispatcher, server: RedisServer
) -> None:
    """The web may die before it publishes the first message of a batch."""
    stack.submit(TEXT, "a.txt")
    with server.client() as client:
        client.flushall()
    dispatcher.dispatch()
    assert queued(server) == 1


def test_queued_prediction_is_noticed(server: RedisServer) -> None:
    """Batches continue while Redis is down."""
    with connect(server.url) as client:
        assert not predictions_wait(client)
        client.lpush(Queue.PREDICT, "{}")
        assert predictions_wait(client)
        client.delete(Queue.PREDICT)
    with connect("unix:///does/not/exist") as nowhere:
        assert not predictions_wait(nowhere)


def test_chunk_that_kills_its_workers_fails_the_batch(
    stack: BatchStack, splitter: Splitter, dispatcher: Dispatcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The batch fails with a reason instead of being retried for ever."""
    monkeypatch.setattr("worker.batches.dispatcher.ATTEMPTS", 1)
    batch = split_fully(stack, splitter, 10)
    dispatcher.dispatch()
    ended = stack.batches.get(batch.id)
    assert (ended.state, ended.error_code) == (State.FAILED, "worn_out")
