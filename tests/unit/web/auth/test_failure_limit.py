"""The limit on wrong keys and tokens of one address."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask

from emojify_core.errors import TooManyFailuresError
from emojify_core.limits import FAILED_NETWORKS, FAILED_SIGN_INS
from web.auth.failure_limit import FailureLimit


class Seconds:
    """A clock that a test sets."""

    now = 1000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


@contextmanager
def request_from(address: str) -> Iterator[None]:
    """Let this code run in a request from an address."""
    with Flask(__name__).test_request_context(environ_base={"REMOTE_ADDR": address}):
        yield


def fail(limit: FailureLimit, address: str, times: int = 1) -> None:
    """Record failures of an address."""
    with request_from(address):
        for _ in range(times):
            limit.record()


def test_an_address_waits_after_too_many_failures() -> None:
    """Its oldest failure must be a minute old. Other addresses do not wait."""
    clock = Seconds()
    limit = FailureLimit(enabled=True, clock=clock)
    fail(limit, "2001:db8::1", FAILED_SIGN_INS - 1)
    with request_from("2001:db8::2"):
        limit.check()
        limit.record()
        with pytest.raises(TooManyFailuresError, match="try again in 60 seconds") as refused:
            limit.check()
    assert refused.value.retry_after == 60
    with request_from("192.0.2.1"):
        limit.check()
    clock.now += 60
    with request_from("2001:db8::3"):
        limit.check()


def test_the_memory_is_bounded() -> None:
    """Failures from everywhere forget the oldest address."""
    limit = FailureLimit(enabled=True)
    fail(limit, "192.0.2.1", FAILED_SIGN_INS)
    with request_from("192.0.2.1"), pytest.raises(TooManyFailuresError):
        limit.check()
    app = Flask(__name__)
    for number in range(FAILED_NETWORKS):
        address = f"10.0.{number >> 8}.{number & 255}"
        with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
            limit.record()
    with request_from("192.0.2.1"):
        limit.check()


def test_without_rate_limits_nothing_is_limited() -> None:
    """An empty EMOJIFY_RATE_LIMIT turns every limit off."""
    limit = FailureLimit(enabled=False)
    fail(limit, "192.0.2.1", FAILED_SIGN_INS + 1)
    with request_from("192.0.2.1"):
        limit.check()
