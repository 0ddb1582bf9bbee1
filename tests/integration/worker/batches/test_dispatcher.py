"""A batch is cut once, and its queue is kept filled and short."""

import threading

import pytest

from emojify_core.messages import Queue, State
from emojify_core.queue.redis_client import connect
from support.batch_parts import TEXT, queued, split_fully
from support.batch_stack import BatchStack
from support.redis_server import RedisServer
from worker.batches.dispatcher import WINDOW, Dispatcher, predictions_wait
from worker.batches.splitter import Splitter


def test_who_cuts_at_the_same_time_cuts_once(stack: BatchStack, splitter: Splitter) -> None:
    """However often the message is delivered, every row is in one chunk."""
    batch = stack.submit(TEXT * 20_000, "a.txt")

    def cut() -> None:
        while not stack.batches.get(batch.id).fully_split:
            splitter.split_next_part(batch.id)

    threads = [threading.Thread(target=cut) for _ in range(3)]
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
    """A million rows do not fill Redis, and what is cancelled runs out soon."""
    batch = split_fully(stack, splitter, 60_000)
    assert batch.chunks > WINDOW
    assert dispatcher.dispatch()
    assert WINDOW <= queued(server) <= WINDOW + 1  # and the message that cuts
    dispatcher.dispatch()
    assert queued(server) <= WINDOW + 1
    stack.batches.end(batch.id, State.CANCELLED)
    assert not dispatcher.dispatch()


def test_an_uncut_batch_is_cut_even_if_nobody_asked(
    stack: BatchStack, dispatcher: Dispatcher, server: RedisServer
) -> None:
    """The web may die between storing a file and saying so."""
    stack.submit(TEXT, "a.txt")
    with server.client() as client:
        client.flushall()
    dispatcher.dispatch()
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


def test_a_chunk_that_kills_every_worker_fails_its_batch(
    stack: BatchStack, splitter: Splitter, dispatcher: Dispatcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ends in a sentence instead of going round for ever."""
    monkeypatch.setattr("worker.batches.dispatcher.ATTEMPTS", 1)
    batch = split_fully(stack, splitter, 10)
    dispatcher.dispatch()
    ended = stack.batches.get(batch.id)
    assert (ended.state, ended.error_code) == (State.FAILED, "worn_out")
