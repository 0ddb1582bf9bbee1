"""Two errors of Redis that would end a worker's work for good, and are lived through instead."""

from kombu.transport import virtual
from kombu.transport.redis import Channel, QoS, Transport
from redis.exceptions import OutOfMemoryError, RedisError


def patch_kombu() -> None:
    """Let this process's workers go on after a full Redis and after one that hung."""
    # To kombu, "out of memory" is an error of the command, not of the connection, and Celery's
    # worker ends itself for it. But nothing is wrong with the worker: soon there is room again.
    if OutOfMemoryError not in Transport.connection_errors:
        Transport.connection_errors = (*Transport.connection_errors, OutOfMemoryError)
    Channel.QoS = AckTolerantQoS


class AckTolerantQoS(QoS):
    """The account of messages that are in work, without those that could not be acknowledged.

    Celery logs a failed acknowledgement and goes on, but kombu still counts the message as in
    work. With one message at a time there would be room for no other, ever again. Redis brings
    the message back after the visibility timeout, and it is answered once more.
    """

    def ack(self, delivery_tag: str) -> None:
        """Acknowledge a message; it is in work no longer, whether Redis heard that or not."""
        try:
            super().ack(delivery_tag)  # type: ignore[no-untyped-call]
        except (RedisError, OSError):
            virtual.QoS.ack(self, delivery_tag)
            raise
