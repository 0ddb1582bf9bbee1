"""The Redis client of everything except Celery, and the one error for a Redis that is down."""

from collections.abc import Iterator
from contextlib import contextmanager

import redis
from kombu.exceptions import OperationalError
from redis.backoff import NoBackoff
from redis.retry import Retry

from emojify_core.errors import QueueUnavailableError
from emojify_core.queue.redis_trouble import redis_trouble
from emojify_core.redis_address import RedisAddress

UNAVAILABLE = "The queue does not answer at the moment. Nothing was accepted; try again shortly."


def connect(url: str) -> redis.Redis:
    """Return a client that connects at first use and gives up within 2 seconds, with one retry.

    `url` is `redis://`, `rediss://` or `unix://`. Safe to share between threads.
    """
    return redis.Redis(
        **RedisAddress.parse(url).for_redis_py(),
        protocol=2,  # result_subscription.py reads RESP 2; hiredis is as fast with it
        # Every command takes microseconds. One retry replaces a stale connection. A client gets
        # an error within the promised 2 seconds when Redis is down.
        socket_connect_timeout=0.5,
        socket_timeout=0.6,
        retry=Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,)),
        health_check_interval=10,
    )


@contextmanager
def unavailable_if_down() -> Iterator[None]:
    """Raise QueueUnavailableError for the errors of redis-py and kombu when Redis is down."""
    try:
        yield
    except (redis.RedisError, OperationalError, OSError) as e:
        raise queue_unavailable(e) from e


def queue_unavailable(error: BaseException) -> QueueUnavailableError:
    """Return the error for clients; its `trouble` tells people on call the cause."""
    unavailable = QueueUnavailableError(UNAVAILABLE)
    unavailable.trouble = redis_trouble(error)
    return unavailable
