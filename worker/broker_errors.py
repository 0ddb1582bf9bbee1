"""A full Redis is waited out, like a dead one.

To kombu, "out of memory" is an error of the command, not of the connection, and Celery's worker
ends itself for it. But nothing is wrong with the worker: soon there is room again.
"""

from kombu.transport.redis import Transport
from redis.exceptions import OutOfMemoryError


def wait_out_a_full_redis() -> None:
    """Let this process's workers reconnect, with pauses, when Redis has no memory left."""
    if OutOfMemoryError not in Transport.connection_errors:
        Transport.connection_errors = (*Transport.connection_errors, OutOfMemoryError)
