"""One trainer at a time, by a lock in Redis that is extended while the work goes on.

The lock saves work, no more: a holder that was paused beyond its life is stopped by the
compare-and-set on the live pointer, not by this.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import redis
import structlog
from redis.exceptions import LockError
from redis.lock import Lock

log = structlog.get_logger(__name__)

LIFE = 15.0  # seconds after which a dead holder's lock is free

_NAME = "emojify:training"


@contextmanager
def training_lock(
    client: redis.Redis, *, life: float = LIFE, patience: float | None = None
) -> Iterator[Callable[[], bool] | None]:
    """Give what tells whether the lock is still ours; None if it was not to be had in time.

    Waits `patience` seconds, if not told otherwise for as long as a dead holder's lock may live.
    Extended by a thread until the block ends. Raises redis.RedisError when Redis is away.
    """
    lock = client.lock(_NAME, timeout=life, thread_local=False)  # the thread shares its token
    if not lock.acquire(blocking_timeout=life + 1 if patience is None else patience):
        yield None
        return
    done = threading.Event()

    def keep() -> None:
        while not done.wait(life / 3):
            _is_ours(client, lock, life)

    keeper = threading.Thread(target=keep, name="lock", daemon=True)
    keeper.start()
    try:
        yield lambda: _is_ours(client, lock, life)
    finally:
        done.set()
        keeper.join(timeout=life / 3)
        try:
            lock.release()
        except (redis.RedisError, LockError) as e:  # it ran out, or Redis is away
            log.warning("the training lock was not ours to release", reason=str(e))


def _is_ours(client: redis.Redis, lock: Lock, life: float) -> bool:
    """Extend the lock, or take it again if it ran out and nobody else has it.

    While Redis is away nobody else can take it, so it counts as ours.
    """
    try:
        if client.set(_NAME, lock.local.token, nx=True, px=int(life * 1000)):
            log.warning("the training lock had run out and was taken again")
            return True
        if lock.owned():
            lock.extend(life, replace_ttl=True)
            return True
    except LockError:  # it ran out just now
        return False
    except redis.RedisError as e:
        log.warning("the training lock could not be extended", reason=str(e))
        return True
    return False
