"""How the results of a group leave the worker, and how a group is taken apart."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

import redis
import structlog
from celery import Celery
from redis.backoff import ExponentialBackoff
from redis.retry import Retry

from emojify_core.errors import QueueUnavailableError
from emojify_core.messages import Queue, Task
from emojify_core.queue.grouping.message import GroupMember, GroupRequest
from emojify_core.queue.grouping.results import store_results
from emojify_core.queue.priorities import priority_of
from emojify_core.queue.redis_client import unavailable_if_down
from emojify_core.queue.redis_clock import CLOCK
from emojify_core.request_cost import request_tokens

log = structlog.get_logger(__name__)

# While Redis refuses, a worker tries for some 15 seconds, as Celery does for one result; while it
# hangs, twice as long.
TRIES = 20
RETRY = Retry(ExponentialBackoff(cap=1.0, base=0.05), TRIES - 1, (QueueUnavailableError,))


class GroupDelivery:
    """Writes results as Celery's backend would, all in one round trip.

    `publisher` is an app without a result backend: that of a worker would subscribe to the results.
    """

    def __init__(self, publisher: Celery, client: redis.Redis) -> None:
        self._publisher, self._redis = publisher, client

    def store(self, results: Sequence[Mapping[str, Any]]) -> None:
        """Store and announce the results. Raises QueueUnavailableError if Redis stays away."""
        RETRY.call_with_retry(partial(self._store_once, results), lambda _error: None)

    def take_apart(self, group: GroupRequest) -> GroupRequest:
        """Publish each member as the message that it would have been without the group.

        Returns what is left to answer here: those that are too old, and those that Redis did not
        take.
        """
        now = CLOCK.now()
        return group.only([each for each in group.members if not self._publish(each, now)])

    def _store_once(self, results: Sequence[Mapping[str, Any]]) -> None:
        with unavailable_if_down():
            store_results(self._redis, results)

    def _publish(self, member: GroupMember, now: float) -> bool:
        """Tell whether the member is in the queue again."""
        if member.expires <= now:
            return False
        texts = member.request.texts
        try:
            with unavailable_if_down():
                self._publisher.send_task(
                    Task.PREDICT,
                    queue=Queue.PREDICT,
                    args=(member.request.to_payload(),),
                    task_id=member.id,
                    expires=datetime.fromtimestamp(member.expires, UTC),
                    priority=priority_of(request_tokens(texts)),
                    argsrepr=f"({len(texts)} texts)",
                    kwargsrepr="{}",
                )
        except QueueUnavailableError as e:
            log.warning("cannot publish a request again; answering it here", reason=str(e))
            return False
        return True
