"""Patches that let a worker survive two Redis errors which would end its work for good."""

from kombu.transport import virtual
from kombu.transport.redis import Channel, QoS, Transport
from redis.exceptions import OutOfMemoryError, RedisError


def patch_kombu() -> None:
    """Let the workers of this process survive a full Redis and a hanging one."""
    # kombu treats "out of memory" as an error of the command, and Celery's worker then exits.
    # As a connection error, it makes the worker reconnect until Redis has room again.
    if OutOfMemoryError not in Transport.connection_errors:
        Transport.connection_errors = (*Transport.connection_errors, OutOfMemoryError)
    Channel.QoS = AckTolerantQoS


class AckTolerantQoS(QoS):
    """Counts unacknowledged messages, except those whose acknowledgement failed.

    Celery logs a failed acknowledgement and goes on, but kombu would count the message for ever.
    With a prefetch of one message, the worker would never receive another. Redis delivers the
    message again after the visibility timeout.
    """

    def ack(self, delivery_tag: str) -> None:
        """Acknowledge a message, and stop counting it even if that fails."""
        try:
            super().ack(delivery_tag)  # type: ignore[no-untyped-call]
        except (RedisError, OSError):
            virtual.QoS.ack(self, delivery_tag)
            raise
