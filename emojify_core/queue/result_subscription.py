"""Waiting for one announcement on a Redis channel, on a connection that is kept for the next.

Three commands and no more: redis-py's PubSub object looks after health, many channels and
handlers with each message, which cost a quarter of the web's own time in a prediction.
"""

import time
from collections import deque
from contextlib import suppress
from typing import Any, Self

import redis

CONFIRMED_WITHIN = 0.6  # seconds, as any other command


class Subscription:
    """Listening to one channel, on a connection of `idle` if there is one.

    `idle` is shared by all subscriptions of a client, which must speak RESP 2; taking from a
    deque and putting back are safe between threads.
    """

    def __init__(self, idle: deque[Any], client: redis.Redis, channel: str) -> None:
        self._idle, self._pool, self._channel = idle, client.connection_pool, channel
        self._connection: Any = None

    def __enter__(self) -> Self:
        try:
            self._listen()
        except redis.ConnectionError:
            self._forget_idle()
            self._listen()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._connection is None:
            return
        try:
            # Its confirmation is passed over when the connection is used again.
            self._connection.send_command("UNSUBSCRIBE", self._channel, check_health=False)
        except (redis.RedisError, OSError):
            self._drop()
        else:
            self._idle.append(self._connection)

    def wait(self, seconds: float) -> bytes | None:
        """Return the announced result; None when the time is over or the connection broke.

        Who waits has asked already: that the waiting broke does not undo what was asked.
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

    def _forget_idle(self) -> None:
        """Part with all kept connections: of one that has died, the others have died with it."""
        while self._idle:
            with suppress(IndexError):  # another thread took the last one
                self._connection = self._idle.pop()
                self._drop()

    def _next(self, kind: bytes, deadline: float) -> Any:
        """Return what the next message of this kind on our channel says; None: not in time."""
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
