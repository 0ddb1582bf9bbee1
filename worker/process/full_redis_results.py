"""Results while Redis is full: clients that wait get theirs, others read that it was lost."""

from typing import Any

import structlog
from celery.backends.redis import RedisBackend
from redis.exceptions import OutOfMemoryError

log = structlog.get_logger(__name__)

_store = RedisBackend._set  # noqa: SLF001  (Celery has no hook for it)


def announce_results_when_full() -> None:
    """Let this process only announce a result that Redis cannot store.

    Otherwise Celery would take the error for a broken connection, reconnect, and keep the message.
    """
    RedisBackend._set = _store_or_announce  # noqa: SLF001


def _store_or_announce(backend: Any, key: str, value: str, expires: int | None = None) -> None:
    try:
        _store(backend, key, value, expires)
    except OutOfMemoryError:
        log.warning("Redis is full; a result was announced and not stored")
        backend.client.publish(key, value)
