"""Hears all answers to one process on one connection, and hands each to whoever expects it."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from typing import Any

import redis

from emojify_core.queue.celery_app import LOST_AFTER

CONFIRMED_WITHIN = 0.6  # seconds, like any other command
CHECK_EVERY = 5.0  # seconds of silence after which the connection is checked

Heard = Callable[[bytes | None], None]  # gets the result; None: the connection broke


class AnswerListener:
    """Subscribes to a pattern of channels when something is first expected.

    A thread reads the connection and ends with it; what is expected next subscribes again. The
    client must use RESP 2. Safe to share between threads.
    """

    def __init__(self, client: redis.Redis, pattern: str) -> None:
        self._pool, self._pattern = client.connection_pool, pattern
        self._lock = threading.Lock()
        self._attempts = 0
        self._connection: Any = None
        self._reader: threading.Thread | None = None
        self._expected: dict[str, tuple[float, list[Heard]]] = {}  # by channel, oldest first

    def expect(self, heard: Mapping[str, Heard]) -> None:
        """Call `heard` with the announcement on each channel, from the thread that listens.

        Returns when Redis has confirmed the subscription. Raises redis-py's errors.
        """
        attempts = self._attempts
        with self._lock:
            if self._connection is None:
                # While Redis hangs, threads fail together, not one after another.
                if self._attempts != attempts:
                    raise redis.ConnectionError("another thread could not subscribe just now")
                self._attempts += 1
                self._subscribe()
            now = time.monotonic()
            self._forget_lost(now)
            for channel, call in heard.items():
                self._expected.setdefault(channel, (now, []))[1].append(call)

    def forget(self, heard: Mapping[str, Heard]) -> None:
        """Expect nothing more for this caller."""
        with self._lock:
            for channel, call in heard.items():
                _, callers = self._expected.get(channel, (0.0, []))
                if call in callers:
                    callers.remove(call)
                if not callers:
                    self._expected.pop(channel, None)

    @contextmanager
    def listening(self, channel: str) -> Iterator[Callable[[float], bytes | None]]:
        """Listen to one channel; give a function that waits so many seconds for what is heard."""
        heard: SimpleQueue[bytes | None] = SimpleQueue()

        def wait(seconds: float) -> bytes | None:
            try:
                return heard.get(timeout=max(0.0, seconds))
            except Empty:
                return None

        self.expect({channel: heard.put})
        try:
            yield wait
        finally:
            self.forget({channel: heard.put})

    def close(self) -> None:
        """End the thread that listens."""
        with self._lock:
            connection, reader = self._connection, self._reader
        if connection is not None and reader is not None:
            with suppress(redis.RedisError, OSError):
                connection.send_command("PUNSUBSCRIBE", check_health=False)
            reader.join(CONFIRMED_WITHIN)

    def _subscribe(self) -> None:
        connection = self._pool.get_connection()
        try:
            connection.send_command("PSUBSCRIBE", self._pattern, check_health=False)
            connection.read_response(timeout=CONFIRMED_WITHIN, disconnect_on_error=False)
        except BaseException:
            connection.disconnect()
            self._pool.release(connection)
            raise
        self._connection = connection
        self._reader = threading.Thread(
            target=self._read, args=(connection,), name="answers", daemon=True
        )
        self._reader.start()

    def _read(self, connection: Any) -> None:
        try:
            with suppress(redis.RedisError, OSError):
                self._hear(connection)
        finally:
            with self._lock:
                self._connection = None
                expected, self._expected = self._expected, {}
            connection.disconnect()
            self._pool.release(connection)
            for _, callers in expected.values():
                for heard in callers:
                    heard(None)

    def _hear(self, connection: Any) -> None:
        """Hand over each announcement until the connection breaks."""
        is_checked = False
        while True:
            try:
                message = connection.read_response(timeout=CHECK_EVERY, disconnect_on_error=False)
            except redis.TimeoutError:
                if is_checked:
                    return
                connection.send_command("PING", check_health=False)
                is_checked = True
                continue
            is_checked = False
            if message[0] == b"punsubscribe":
                return
            if message[0] != b"pmessage":
                continue
            with self._lock:
                _, callers = self._expected.pop(message[2].decode(), (0.0, []))
            for heard in callers:
                heard(message[3])

    def _forget_lost(self, now: float) -> None:
        """Drop what no worker answers any more, so that it does not pile up."""
        while self._expected:
            channel = next(iter(self._expected))
            if now - self._expected[channel][0] < LOST_AFTER:
                return
            del self._expected[channel]
