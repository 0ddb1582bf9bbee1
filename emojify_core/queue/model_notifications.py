"""The hint that the live version has changed: workers load it before the next task asks for it.

A hint may be lost without harm: each task looks at the pointer itself, and a listener looks
every few seconds.
"""

import threading
from collections.abc import Callable
from contextlib import suppress

import redis
import structlog

from emojify_core.errors import QueueUnavailableError
from emojify_core.queue.redis_client import unavailable_if_down

log = structlog.get_logger(__name__)

LOOK_EVERY = 2.0  # seconds, whether a hint came or not
RETRY_AFTER = 1.0  # seconds, while Redis is away

_CHANNEL = "emojify:published"


def hint(client: redis.Redis) -> None:
    """Tell all listeners to look. Raises QueueUnavailableError."""
    with unavailable_if_down():
        client.publish(_CHANNEL, "")


class Listener:
    """Calls `look` at every hint, and every LOOK_EVERY seconds, from a thread of its own."""

    def __init__(self, client: redis.Redis, look: Callable[[], None]) -> None:
        self._client, self._look = client, look
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="hints", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """Listen no more."""
        self._stopped.set()
        if self._thread.is_alive():  # not if we are stopped while we start
            with suppress(QueueUnavailableError):
                hint(self._client)  # ends the waiting for one
            self._thread.join(timeout=LOOK_EVERY + RETRY_AFTER)

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self._look()
                self._listen()
            except (redis.RedisError, OSError) as e:
                log.debug("no hints without Redis", reason=str(e))
                self._stopped.wait(RETRY_AFTER)
            except Exception:  # a look that failed is no reason never to look again
                log.exception("cannot follow the live version")
                self._stopped.wait(RETRY_AFTER)

    def _listen(self) -> None:
        with self._client.pubsub(ignore_subscribe_messages=True) as channel:
            channel.subscribe(_CHANNEL)
            while not self._stopped.is_set():
                channel.get_message(timeout=LOOK_EVERY)
                self._look()
