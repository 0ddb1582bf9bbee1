"""Short requests overtake costly ones, and batches come last."""

import redis

from emojify_core.batches.enqueue import publish_split
from emojify_core.messages import Queue, State
from emojify_core.queue.celery_app import make_celery
from emojify_core.queue.priorities import Priority, count_waiting, priority_of, redis_keys
from support.homes import fresh_home
from support.installation import many, one, queue_of, until_worker
from support.redis_server import running_redis
from support.stack import Stack

COSTLY = many(*["a." * 2_500] * 40)
COUNT = 4


def test_a_short_request_waits_for_one_costly_one_at_most() -> None:
    """The short one comes last and is answered first."""
    with fresh_home() as home, running_redis(home) as server, Stack(home) as stack:
        settings = server.settings
        with queue_of(settings) as queue, server.client() as client:
            costly = [queue.submit(COSTLY).id for _ in range(COUNT)]
            publish_split(make_celery(settings), "no such batch")
            short = queue.submit(one()).id
            assert waiting(client) == [1, COUNT, 1]
            stack.start("worker")
            until_worker(settings)
            answered = queue.find(short, wait=20)
            assert answered
            assert answered.state is State.SUCCEEDED
            last = queue.find(costly[-1])
            assert last
            assert last.state is State.QUEUED
            assert count_waiting(client, Queue.BATCH) == 1


def waiting(client: redis.Redis) -> list[int]:
    """Return how many short requests, long requests and messages of batches wait."""
    keys = (*redis_keys(Queue.PREDICT), redis_keys(Queue.BATCH)[1])
    return [int(client.llen(key)) for key in keys]  # type: ignore[arg-type]


def test_ordinary_texts_are_short() -> None:
    """A text of 1,500 characters is; a list of 256 sentences is not."""
    assert priority_of(495) is Priority.SHORT
    assert priority_of(256 * 60) is Priority.LONG
