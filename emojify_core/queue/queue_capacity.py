"""Whether Redis has room for another prediction: in messages, in bytes, and in its whole memory.

What Redis holds is measured, not counted, so no crash leaves a wrong count behind.
"""

import time

import redis
import structlog

from emojify_core.errors import OverloadedError
from emojify_core.limits import (
    BULK_MEMORY_SHARE,
    BULK_QUEUE_BYTES,
    MAX_QUEUE_BYTES,
    MAX_QUEUE_MESSAGES,
    MEMORY_SHARE,
    SMALL_REQUEST_TOKENS,
)
from emojify_core.messages import PredictRequest, Queue
from emojify_core.queue.priorities import redis_keys
from emojify_core.queue.redis_client import unavailable_if_down
from emojify_core.queue.redis_clock import CLOCK

log = structlog.get_logger(__name__)

CHECK_EVERY = 0.05  # seconds; each check costs a round trip to Redis
DROP_EXPIRED_EVERY = 2.0  # seconds
BYTES_A_CHARACTER = 4  # in UTF-8, at most; the next check measures the real size

# Removes expired messages from the old end of the queue; returns how many. In the body every quote
# is escaped, so the pattern matches only the header. None of its commands needs memory, so a full
# Redis runs it, too.
_DROP_EXPIRED = """
for dropped = 0, tonumber(ARGV[2]) - 1 do
  local message = redis.call('LINDEX', KEYS[1], -1)
  if not message then return dropped end
  local expires = string.match(message, '"expires": "([^"]+)"')
  if not expires or expires > ARGV[1] then return dropped end
  redis.call('RPOP', KEYS[1])
end
return tonumber(ARGV[2])
"""
_DROPPED_AT_ONCE = 200


class QueueCapacity:
    """Admits predictions while there is room. Safe to share between threads.

    Raises QueueUnavailableError when Redis does not answer.
    """

    def __init__(self, client: redis.Redis) -> None:
        self._redis = client
        self._drop = client.register_script(_DROP_EXPIRED)
        self._checked_at = self._dropped_at = 0.0
        self._messages = self._bytes = 0
        self._share = 0.0  # of Redis's memory that is in use; 0 without a limit

    def admit(self, request: PredictRequest, tokens: int) -> None:
        """Raise OverloadedError if there is no room for a request that costs `tokens`.

        Requests for much work are refused earlier, so that a short one still finds room.
        """
        now = time.monotonic()
        if now - self._checked_at > CHECK_EVERY:
            self._measure(now)
            self._checked_at = now
        bulk = tokens > SMALL_REQUEST_TOKENS
        size = BYTES_A_CHARACTER * sum(map(len, request.texts))
        if (
            self._messages >= MAX_QUEUE_MESSAGES
            or self._bytes + size > (BULK_QUEUE_BYTES if bulk else MAX_QUEUE_BYTES)
            or self._share >= (BULK_MEMORY_SHARE if bulk else MEMORY_SHARE)
        ):
            raise OverloadedError(
                "Too many requests are waiting for an answer. Nothing was accepted; try again "
                "shortly."
            )
        self._bytes += size  # until the next check

    def drop_expired(self) -> int:
        """Remove messages that no worker would answer any more; return how many."""
        dropped = 0
        with unavailable_if_down():
            before = time.time()
            CLOCK.measure(self._redis.time(), before, time.time())
            just_now = CLOCK.utc().isoformat()
            for key in redis_keys(Queue.PREDICT):
                while taken := int(self._drop([key], [just_now, _DROPPED_AT_ONCE])):
                    dropped += taken
        if dropped:
            log.warning("dropped expired messages", messages=dropped)
        return dropped

    def _measure(self, now: float) -> None:
        with unavailable_if_down(), self._redis.pipeline(transaction=False) as pipe:
            for key in redis_keys(Queue.PREDICT):
                pipe.llen(key)
                pipe.memory_usage(key, samples=0)  # all of its messages, in microseconds
            pipe.info("memory")
            pipe.time()
            before = time.time()
            *measured, memory, redis_time = pipe.execute()
            CLOCK.measure(redis_time, before, time.time())
        self._messages = sum(measured[::2])
        self._bytes = sum(size or 0 for size in measured[1::2])
        self._share = memory["used_memory"] / memory["maxmemory"] if memory["maxmemory"] else 0.0
        if self._messages and now - self._dropped_at > DROP_EXPIRED_EVERY:
            self._dropped_at = now
            self.drop_expired()
