"""How much waits in a real Redis, in messages, in bytes and in its whole memory."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import redis

from emojify_core.errors import OverloadedError
from emojify_core.limits import BULK_QUEUE_BYTES, MAX_CHARACTERS, MAX_QUEUE_BYTES
from emojify_core.messages import PredictRequest, Queue
from emojify_core.queue import queue_capacity
from emojify_core.queue.prediction_queue import PredictionQueue
from emojify_core.queue.priorities import count_waiting, redis_keys
from support.deadlines import eventually
from support.homes import fresh_home
from support.installation import many, one, queue_of, until_worker
from support.redis_server import RedisServer, running_redis
from support.stack import Stack

GRIN = "\N{GRINNING FACE}"
LARGEST = many(*[GRIN * MAX_CHARACTERS] * 40)  # 0.8 MB of UTF-8
SHORT = one("Hello")
LONG_KEY = redis_keys(Queue.PREDICT)[1]  # where long requests wait


@pytest.fixture(scope="module")
def shared_server() -> Iterator[RedisServer]:
    """Run one Redis for this module; no worker takes a message."""
    with running_redis() as server:
        yield server


@pytest.fixture
def client(shared_server: RedisServer) -> Iterator[redis.Redis]:
    """Give a client of an empty Redis with the memory limit of the local run."""
    with shared_server.client() as client:
        client.flushall()
        client.config_set("maxmemory", "256mb")
        yield client


@pytest.fixture
def queue(shared_server: RedisServer) -> Iterator[PredictionQueue]:
    """Give a new web process's side of the queue."""
    with queue_of(shared_server.settings) as queue:
        yield queue


def fill(queue: PredictionQueue, request: PredictRequest, most: int) -> int:
    """Submit a request until it is refused; return how often it was accepted."""
    for accepted in range(most):
        try:
            queue.submit(request)
        except OverloadedError:
            return accepted
    return most


def put_expired(client: redis.Redis, count: int) -> None:
    """Put messages into the old end of the queue that no worker would answer any more."""
    (message,) = client.lrange(Queue.PREDICT, -1, -1)
    old = json.loads(message)
    old["headers"]["expires"] = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
    client.rpush(Queue.PREDICT, *[json.dumps(old)] * count)


@pytest.mark.parametrize("text", [GRIN, "\N{CJK UNIFIED IDEOGRAPH-611B}", "a"])
def test_a_message_takes_hardly_more_bytes_than_its_text(
    queue: PredictionQueue, client: redis.Redis, text: str
) -> None:
    """Emoji and other scripts are neither escaped nor encoded again."""
    texts = [text * MAX_CHARACTERS] * 40
    queue.submit(many(*texts))
    (message,) = client.lrange(LONG_KEY, 0, -1)
    assert len(message) < sum(len(each.encode()) for each in texts) + 2_000


def test_bytes_in_the_queue_are_bounded_and_short_requests_find_room(
    queue: PredictionQueue, client: redis.Redis
) -> None:
    """Long lists are refused first."""
    assert 0 < fill(queue, LARGEST, 20) < 6
    assert client.memory_usage(LONG_KEY, samples=0) <= BULK_QUEUE_BYTES
    assert fill(queue, SHORT, 50) == 50
    client.lpush(Queue.PREDICT, b"x" * MAX_QUEUE_BYTES)
    eventually(lambda: fill(queue, SHORT, 1) == 0, within=5, what="even short ones are refused")


def test_the_bound_follows_what_redis_holds(queue: PredictionQueue, client: redis.Redis) -> None:
    """Nothing is counted, so a killed worker or web process leaves no wrong count."""
    fill(queue, LARGEST, 20)
    client.delete(LONG_KEY)  # whoever took them
    eventually(lambda: fill(queue, LARGEST, 1) == 1, within=5, what="there is room again")


@pytest.mark.parametrize(("used", "long", "short"), [(0.55, 1, 1), (0.7, 0, 1), (0.85, 0, 0)])
def test_a_part_of_the_memory_stays_free_for_workers(
    queue: PredictionQueue, client: redis.Redis, used: float, long: int, short: int
) -> None:
    """Publishing stops long before Redis is full."""
    client.set("others", b"x" * (8 << 20))
    total = client.info("memory")["used_memory"]
    client.config_set("maxmemory", int(total / used))
    assert (fill(queue, LARGEST, 1), fill(queue, SHORT, 1)) == (long, short)


def test_expired_messages_are_dropped(queue: PredictionQueue, client: redis.Redis) -> None:
    """Without a worker, too, and when Redis is full. What may still be answered stays."""
    queue.submit(SHORT)
    queue.submit(many('"expires": "2000-01-01T00:00:00"'))  # a text cannot pretend to be a header
    put_expired(client, 450)
    client.config_set("maxmemory", 1)
    assert queue_capacity.QueueCapacity(client).drop_expired() == 450
    assert count_waiting(client, Queue.PREDICT) == 2


def test_a_full_queue_of_expired_messages_empties_itself(
    queue: PredictionQueue, client: redis.Redis
) -> None:
    """The web drops them at its next look."""
    queue.submit(SHORT)
    put_expired(client, 1_100)

    def accepts_again() -> bool:
        return fill(queue, SHORT, 1) == 1 and count_waiting(client, Queue.PREDICT) < 100

    eventually(accepts_again, within=5, what="the queue is short and a request is accepted")


@pytest.mark.chaos
def test_a_worker_empties_a_full_redis() -> None:
    """It starts without room for its notes, takes what waits and announces the results."""
    with fresh_home() as home, running_redis(home) as server, Stack(home) as stack:
        settings = server.settings
        with queue_of(settings) as queue, server.client() as client:
            for _ in range(20):
                queue.submit(many("I won!", "I lost."))
            client.config_set("maxmemory", 1)
            stack.start("worker").says("Redis is full", within=60)
            eventually(
                lambda: count_waiting(client, Queue.PREDICT) == 0, within=30, what="it is empty"
            )
            client.config_set("maxmemory", "256mb")
            until_worker(settings)
            assert queue.submit(one(), wait=10).reply
        assert "RestartFreqExceeded" not in stack.output()
        assert stack.parts["worker"].running
