"""Waiting for one announcement on a Redis channel, without a new connection each time."""

import threading
import time
from typing import Any, Self

import redis

CONFIRMED_WITHIN = 0.6  # seconds, as any other command


class Subscription:
    """Listening to one channel on this thread's connection, which is kept for the next time."""

    def __init__(self, local: threading.local, client: redis.Redis, channel: str) -> None:
        self._local, self._client, self._channel = local, client, channel

    def __enter__(self) -> Self:
        pubsub = getattr(self._local, "pubsub", None)
        if pubsub is None:
            pubsub = self._local.pubsub = self._client.pubsub()
        try:
            pubsub.subscribe(self._channel)
            confirmed = self._next("subscribe", time.monotonic() + CONFIRMED_WITHIN)
        except BaseException:
            self._drop()
            raise
        if confirmed is None:
            self._drop()
            raise redis.TimeoutError("the subscription was not confirmed")
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            self._drop()
        elif self._local.pubsub:
            self._local.pubsub.unsubscribe(self._channel)

    def wait(self, seconds: float) -> bytes | None:
        """Return the announced result; None when the time is over or the connection broke.

        Who waits has asked already: that the waiting broke does not undo what was asked.
        """
        try:
            announced: bytes | None = self._next("message", time.monotonic() + seconds)
        except (redis.RedisError, OSError):
            self._drop()
            return None
        return announced

    def _next(self, kind: str, deadline: float) -> Any:
        channel = self._channel.encode()
        while (left := deadline - time.monotonic()) > 0:
            message = self._local.pubsub.get_message(timeout=left)
            # Late words about the channel before this one are passed over.
            if message and message["type"] == kind and message["channel"] == channel:
                return message["data"]
        return None

    def _drop(self) -> None:
        pubsub, self._local.pubsub = self._local.pubsub, None
        if pubsub:
            pubsub.close()
