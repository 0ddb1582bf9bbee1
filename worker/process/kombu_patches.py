"""Patches that let a worker survive Redis errors which would end its work for good."""

from typing import Any

import structlog
from kombu.transport import redis as redis_transport
from kombu.transport import virtual
from kombu.transport.redis import QoS, Transport
from redis.exceptions import OutOfMemoryError, RedisError

from emojify_core.queue.kombu_clients import OneClientChannel
from emojify_core.queue.redis_clock import CLOCK

log = structlog.get_logger(__name__)


def patch_kombu() -> None:
    """Let the workers of this process survive whatever Redis replies, and a Redis that hangs."""
    # kombu treats READONLY, MISCONF, NOPERM and "out of memory" as errors of the command, and
    # Celery's worker then exits. As a connection error, each makes it reconnect until that is over.
    if RedisError not in Transport.connection_errors:
        Transport.connection_errors = (*Transport.connection_errors, RedisError)
    Transport.Channel = FullRedisChannel
    # It notes when each message was taken, and other workers compare that with their time.
    redis_transport.time = CLOCK.now  # type: ignore[attr-defined]


class TolerantQoS(QoS):
    """Keeps a worker consuming when Redis cannot note or forget an unacknowledged message.

    A full Redis lets a worker take a message, but not store it as unacknowledged. Each message
    that is taken makes room, so the worker goes on without the note: only if it is killed within
    the next second is that message lost.

    Celery logs a failed acknowledgement and goes on, but kombu would count the message for ever.
    With a prefetch of one message, the worker would never receive another. Redis delivers the
    message again after the visibility timeout.
    """

    def append(self, message: Any, delivery_tag: str) -> None:
        """Note a message that was taken, if Redis has room for it."""
        try:
            super().append(message, delivery_tag)  # type: ignore[no-untyped-call]
        except OutOfMemoryError:
            log.warning("Redis is full; taking a message without a copy in Redis")
            virtual.QoS.append(self, message, delivery_tag)

    def ack(self, delivery_tag: str) -> None:
        """Acknowledge a message, and stop counting it even if that fails."""
        try:
            super().ack(delivery_tag)  # type: ignore[no-untyped-call]
        except (RedisError, OSError):
            virtual.QoS.ack(self, delivery_tag)
            raise

    def restore_visible(self, *args: Any, **kwargs: Any) -> None:
        """Bring back the messages of killed workers, or do so later if Redis is full."""
        try:
            super().restore_visible(*args, **kwargs)  # type: ignore[no-untyped-call]
        except OutOfMemoryError:
            log.warning("Redis is full; the messages of killed workers come back later")


class FullRedisChannel(OneClientChannel):
    """Consumes from a full Redis."""

    QoS = TolerantQoS

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        """Note which queue gets which messages.

        Publishers name the queue, so a worker works without this note.
        """
        try:
            super()._queue_bind(exchange, routing_key, pattern, queue)  # type: ignore[no-untyped-call]
        except OutOfMemoryError:
            log.warning("Redis is full; consuming without a note of the queue", queue=queue)
