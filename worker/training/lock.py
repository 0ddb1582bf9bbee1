"""One trainer at a time, by a lock in Redis that is extended while the work goes on.

The lock saves work, no more: a holder that was paused beyond its life is stopped by the
compare-and-set on the live pointer, not by this.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import redis
import structlog
from redis.exceptions import LockError
from redis.lock import Lock

log = structlog.get_logger(__name__)

LIFE = 15  # seconds after which a dead holder's lock is free
EXTEND_EVERY = LIFE / 3

_NAME = "emojify:training"


@contextmanager
def training_lock(client: redis.Redis) -> Iterator[bool]:
    """Give whether the lock is ours, after at most a dead holder's time of waiting.

    Extended by a thread until the block ends. Raises redis.RedisError when Redis is away.
    """
    lock = client.lock(_NAME, timeout=LIFE, thread_local=False)  # the thread shares its token
    if not lock.acquire(blocking_timeout=LIFE + 1):
        yield False
        return
    done = threading.Event()
    keeper = threading.Thread(target=_extend, args=(lock, done), name="lock", daemon=True)
    keeper.start()
    try:
        yield True
    finally:
        done.set()
        keeper.join(timeout=EXTEND_EVERY)
        try:
            lock.release()
        except (redis.RedisError, LockError) as e:  # it ran out, or Redis is away
            log.warning("the training lock was not ours to release", reason=str(e))


def _extend(lock: Lock, done: threading.Event) -> None:
    while not done.wait(EXTEND_EVERY):
        try:
            lock.extend(LIFE, replace_ttl=True)
        except (redis.RedisError, LockError) as e:
            log.warning("the training lock could not be extended", reason=str(e))
