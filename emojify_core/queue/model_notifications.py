"""Notifications of a new live version, so that workers load it before the next prediction.

A lost notification does no harm. Each prediction checks the live pointer, and each listener
checks it every few seconds.
"""

from collections.abc import Callable
from contextlib import suppress

import redis

from emojify_core.errors import QueueUnavailableError
from emojify_core.queue.redis_client import unavailable_if_down
from emojify_core.runtime.periodic_thread import PeriodicThread

REFRESH_EVERY = 2.0  # seconds, with or without a notification
RETRY_AFTER = 1.0  # seconds, while Redis is down

_CHANNEL = "emojify:published"


def notify_workers(client: redis.Redis) -> None:
    """Tell all listeners that the live version changed. Raises QueueUnavailableError."""
    with unavailable_if_down():
        client.publish(_CHANNEL, "")


class NotificationListener(PeriodicThread):
    """Calls `refresh` after each notification, and every REFRESH_EVERY seconds."""

    def __init__(self, client: redis.Redis, refresh: Callable[[], None]) -> None:
        super().__init__(
            "model refresh",
            self._listen,
            pause=RETRY_AFTER,
        )
        self._client, self._refresh = client, refresh

    def wake(self) -> None:
        """End the wait for a notification by sending one."""
        super().wake()
        with suppress(QueueUnavailableError):
            notify_workers(self._client)

    def _listen(self) -> None:
        """Refresh at each notification until the connection breaks or this thread is stopped."""
        self._refresh()
        with (
            suppress(redis.RedisError, OSError),
            self._client.pubsub(ignore_subscribe_messages=True) as channel,
        ):
            channel.subscribe(_CHANNEL)
            while not self.stopping:
                channel.get_message(timeout=REFRESH_EVERY)
                self._refresh()
