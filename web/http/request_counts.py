"""Counts what each client takes, in Redis so that all web processes share the counts.

While Redis is away or full, each process counts in its own memory.
"""

import math
import time

import redis
import structlog
from limits import RateLimitItem
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from emojify_core.errors import QueueUnavailableError
from emojify_core.queue.redis_client import queue_unavailable
from web.http.client_address import client_network

log = structlog.get_logger(__name__)


class RequestCounts:
    """The counts of sliding windows. Safe to share between threads."""

    def __init__(self, client: redis.Redis) -> None:
        # The address is ignored: the connections are our client's.
        shared = RedisStorage("redis://", connection_pool=client.connection_pool)
        self._shared = SlidingWindowCounterRateLimiter(shared)
        self._own = SlidingWindowCounterRateLimiter(MemoryStorage())

    def take(self, limit: RateLimitItem, scope: str, cost: int = 1) -> float:
        """Count `cost` for the requesting client; return 0, or the seconds it must wait.

        A refused request costs nothing. Raises QueueUnavailableError when Redis cannot count.
        """
        try:
            return _take(self._shared, limit, scope, cost)
        except redis.RedisError as e:
            raise queue_unavailable(e) from e

    def take_without_redis(self, limit: RateLimitItem, scope: str) -> float:
        """Do the same, but count in this process while Redis cannot."""
        try:
            return self.take(limit, scope)
        except QueueUnavailableError as e:
            log.warning("counting in memory, because Redis cannot", reason=repr(e.__cause__))
            return _take(self._own, limit, scope, 1)


def _take(
    limiter: SlidingWindowCounterRateLimiter, limit: RateLimitItem, scope: str, cost: int
) -> float:
    client = client_network()
    if limiter.hit(limit, client, scope, cost=cost):
        return 0.0
    if cost > 1:  # the library tells when one more is free
        return float(limit.get_expiry())
    until_one = limiter.get_window_stats(limit, client, scope).reset_time - time.time()
    return max(1.0, math.ceil(until_one))
