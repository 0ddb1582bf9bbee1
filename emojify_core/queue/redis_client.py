"""The Redis connection of everything that is not Celery itself, and its one kind of error."""

from collections.abc import Iterator
from contextlib import contextmanager

import redis
from kombu.exceptions import OperationalError
from redis.backoff import NoBackoff
from redis.retry import Retry

from emojify_core.errors import QueueUnavailableError

UNAVAILABLE = "The queue does not answer at the moment. Nothing was accepted; try again shortly."


def connect(url: str) -> redis.Redis:
    """Return a client that connects at first use, gives up within seconds and tries once more.

    `url` is `redis://`, `rediss://` or `unix://`. Safe to share between threads.
    """
    return redis.Redis.from_url(
        url,
        protocol=2,  # what subscription.py reads, and hiredis reads either as fast
        # Every command here takes microseconds. One try more, for a connection that went stale;
        # a server that is away is told to the client within the 2 seconds promised.
        socket_connect_timeout=0.5,
        socket_timeout=0.6,
        retry=Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,)),
        health_check_interval=10,
    )


@contextmanager
def unavailable_if_down() -> Iterator[None]:
    """Turn what redis-py and kombu raise for a dead Redis into QueueUnavailableError."""
    try:
        yield
    except (redis.RedisError, OperationalError, OSError) as e:
        raise QueueUnavailableError(UNAVAILABLE) from e
