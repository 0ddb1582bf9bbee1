"""The lock in Redis that lets one trainer work at a time, extended while it works.

The lock only saves work. A holder that was paused for longer than LIFE cannot do harm: the
compare-and-set on the live pointer stops it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import redis
import structlog
from redis.exceptions import LockError
from redis.lock import Lock

from emojify_core.runtime.periodic_thread import PeriodicThread

log = structlog.get_logger(__name__)

LIFE = 15.0  # seconds after which a dead holder's lock is free

_NAME = "emojify:training"


@contextmanager
def training_lock(
    client: redis.Redis, *, life: float = LIFE, patience: float | None = None
) -> Iterator[Callable[[], bool] | None]:
    """Take the lock for a block, and extend it until the block ends.

    Give a function that tells whether the lock is still ours, or None if another trainer held the
    lock for `patience` seconds. By default, wait until a dead holder's lock has expired. Raises
    redis.RedisError when Redis is down.
    """
    lock = client.lock(_NAME, timeout=life, thread_local=False)  # the extender needs its token
    if not lock.acquire(blocking_timeout=life + 1 if patience is None else patience):
        yield None
        return

    def is_ours() -> bool:
        return _extend(client, lock, life)

    extender = PeriodicThread("lock extension", is_ours, pause=life / 3, at_once=False)
    extender.start()
    try:
        yield is_ours
    finally:
        extender.stop()
        try:
            lock.release()
        except (redis.RedisError, LockError) as e:  # it expired, or Redis is down
            log.warning("could not release the training lock", reason=str(e))


def _extend(client: redis.Redis, lock: Lock, life: float) -> bool:
    """Extend the lock, or take it again if it is free; tell whether it is ours.

    While Redis is down no other trainer can take the lock, so it counts as ours.
    """
    try:
        if client.set(_NAME, lock.local.token, nx=True, px=int(life * 1000)):
            log.warning("took the expired training lock again")
            return True
        if lock.owned():
            lock.extend(life, replace_ttl=True)
            return True
    except LockError:  # it expired just now
        return False
    except redis.RedisError as e:
        log.warning("cannot extend the training lock", reason=str(e))
        return True
    return False
