"""People on call read what ails Redis, and what to do."""

import socket
import ssl

import pytest
import redis
from redis.exceptions import AuthenticationError, NoPermissionError, OutOfMemoryError, ReadOnlyError

from emojify_core.queue.redis_trouble import NO_ANSWER, redis_trouble

TLS = "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local issuer"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ReadOnlyError("You can't write against a read only replica."), "read-only"),
        (OutOfMemoryError("command not allowed when used memory > 'maxmemory'."), "full"),
        (NoPermissionError("No permissions to access a key"), "too few rights"),
        (redis.ResponseError("MISCONF Errors writing to the AOF file"), "save to its disk"),
        (AuthenticationError("invalid username-password pair"), "refuses the user or the pass"),
        (AuthenticationError("Authentication required."), "wants a password"),
        (redis.ResponseError("DB index is out of range"), "no database of this number"),
        (redis.ResponseError("CROSSSLOT Keys in request don't hash"), "cluster mode"),
        (redis.ConnectionError("Error 111 connecting to r:1. Connection refused."), "refuses conn"),
        (redis.ConnectionError("Error 2 connecting to /r. No such file or directory."), "socket"),
        (redis.ConnectionError(f"Error 1 connecting to r:1. {TLS}"), "cannot be verified"),
        (redis.ConnectionError("Error -2 connecting. Name or service not known."), "host name"),
        (socket.gaierror(-2, "unknown"), "host name"),
        (ssl.SSLError("handshake"), "TLS"),
        (redis.ResponseError("SURPRISE what a user wrote"), "refuses a command (SURPRISE)"),
        (redis.TimeoutError("Timeout reading from socket"), NO_ANSWER),
    ],
)
def test_cause_is_told_with_the_next_step(error: Exception, words: str) -> None:
    """It is the end of a sentence that begins with Redis, and repeats no text of a user."""
    trouble = redis_trouble(error)
    assert words in trouble
    assert trouble[-1] in ".?"
    assert "user wrote" not in trouble


def test_cause_behind_another_error_is_found() -> None:
    """Kombu and redis-py wrap the first error."""
    error = redis.ConnectionError("broken")
    error.__cause__ = ConnectionRefusedError(111, "refused")
    assert "refuses connections" in redis_trouble(error)
