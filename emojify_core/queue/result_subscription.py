"""Waits for one message on a Redis channel, on a connection that is kept for the next wait.

It sends three commands only. redis-py's PubSub also checks health, channels and handlers at each
message, which took a quarter of the web's own time for a prediction.
"""

import time
from collections import deque
from contextlib import suppress
from typing import Any, Self

import redis

CONFIRMED_WITHIN = 0.6  # seconds, like any other command


class Subscription:
    """A subscription to one channel, on a connection from `idle` if there is one.

    All subscriptions of a client share `idle`; the client must use RESP 2. A deque's pop and
    append are safe between threads.
    """

    def __init__(self, idle: deque[Any], client: redis.Redis, channel: str) -> None:
        self._idle, self._pool, self._channel = idle, client.connection_pool, channel
        self._connection: Any = None

    def __enter__(self) -> Self:
        try:
            self._listen()
        except redis.ConnectionError:
            self._drop_idle()
            self._listen()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._connection is None:
            return
        try:
            # The next use of the connection skips the confirmation.
            self._connection.send_command("UNSUBSCRIBE", self._channel, check_health=False)
        except (redis.RedisError, OSError):
            self._drop()
        else:
            self._idle.append(self._connection)

    def wait(self, seconds: float) -> bytes | None:
        """Return the announced result; None after `seconds`, or if the connection broke.

        The request is already queued; a failed wait does not cancel it.
        """
        try:
            announced: bytes | None = self._next(b"message", time.monotonic() + seconds)
        except (redis.RedisError, OSError):
            self._drop()
            return None
        return announced

    def _listen(self) -> None:
        try:
            self._connection = self._idle.pop()
        except IndexError:
            self._connection = self._pool.get_connection()
        try:
            self._connection.send_command("SUBSCRIBE", self._channel, check_health=False)
            confirmed = self._next(b"subscribe", time.monotonic() + CONFIRMED_WITHIN)
        except BaseException:
            self._drop()
            raise
        if confirmed is None:
            self._drop()
            raise redis.TimeoutError("the subscription was not confirmed")

    def _drop_idle(self) -> None:
        """Close all kept connections: if one is broken, Redis restarted and all are."""
        while self._idle:
            with suppress(IndexError):  # another thread took the last one
                self._connection = self._idle.pop()
                self._drop()

    def _next(self, kind: bytes, deadline: float) -> Any:
        """Return the next message of this kind on our channel; None after the deadline."""
        channel = self._channel.encode()
        while (left := deadline - time.monotonic()) > 0:
            try:
                message = self._connection.read_response(timeout=left, disconnect_on_error=False)
            except redis.TimeoutError:
                return None
            if message[0] == kind and message[1] == channel:
                return message[2]
        return None

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        connection.disconnect()
        self._pool.release(connection)
