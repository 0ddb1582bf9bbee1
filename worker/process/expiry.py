"""Whether a message is too old to be answered, by the clock of Redis."""

from typing import Any

from celery.worker.request import Request
from celery.worker.state import revoked

from emojify_core.queue.redis_clock import CLOCK


def expire_by_redis_clock() -> None:
    """Let the workers of this process compare with Redis's clock instead of their own.

    Celery has no hook for it. A worker whose clock is half a minute fast would drop every request.
    """
    Request.maybe_expire = _maybe_expire


def _maybe_expire(request: Any) -> bool:
    if not request.expires or CLOCK.utc() <= request.expires:
        return False
    revoked.add(request.id)
    return True
