"""Lets Celery tell an outage of Redis once, in one sentence, without tracebacks."""

import logging
import time
from collections.abc import Callable
from typing import Final

from billiard.exceptions import RestartFreqExceeded  # type: ignore[import-untyped]
from celery.exceptions import BackendError
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from emojify_core.queue.redis_trouble import redis_trouble

QUIET: Final = 30.0  # seconds after which the same trouble is told again
# Of the errors of the system only those of a connection: a full disk is not Redis.
_OUTAGE = (RedisError, OperationalError, ConnectionError, TimeoutError, BackendError)
_CONNECTED = "celery.worker.consumer.connection"  # its line comes before the next command fails


class RedisLogFilter(logging.Filter):
    """Shortens the lines about Redis, and drops those that tell nothing new."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._now = now
        self._trouble, self._seen_at, self._told_at = "", -QUIET, -QUIET

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether to log the record."""
        error = _error_of(record)
        if isinstance(error, RestartFreqExceeded):  # the worker pauses for a second
            return False
        lasts = self._now() - self._seen_at < QUIET
        if record.name == _CONNECTED:
            return not lasts
        if not isinstance(error, _OUTAGE):
            return True
        known, self._trouble = self._trouble, redis_trouble(error)
        self._seen_at = self._now()
        if self._now() - self._told_at < QUIET and known == self._trouble:
            return False
        self._told_at = self._now()
        record.exc_info = record.exc_text = None
        record.msg, record.args = "Redis %s", (self._trouble,)
        return True


def _error_of(record: logging.LogRecord) -> BaseException | None:
    if record.exc_info and record.exc_info[1]:
        return record.exc_info[1]
    given = record.args if isinstance(record.args, tuple) else ()
    return next((each for each in given if isinstance(each, BaseException)), None)
