"""The limit on wrong keys and tokens of one address."""

import pytest

from emojify_core.errors import TooManyFailuresError
from emojify_core.failure_limit import FailureLimit
from emojify_core.limits import FAILED_NETWORKS, FAILED_SIGN_INS

HERE, ELSEWHERE = "2001:db8::/64", "192.0.2.1"


class Seconds:
    """A clock that a test sets."""

    now = 1000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def fail(limit: FailureLimit, network: str, times: int) -> None:
    """Record failures of an address."""
    for _ in range(times):
        limit.record(network)


def test_an_address_waits_after_too_many_failures() -> None:
    """Its oldest failure must be a minute old. Other addresses do not wait."""
    clock = Seconds()
    limit = FailureLimit(enabled=True, clock=clock)
    fail(limit, HERE, FAILED_SIGN_INS - 1)
    limit.check(HERE)
    limit.record(HERE)
    with pytest.raises(TooManyFailuresError, match="try again in 60 seconds") as refused:
        limit.check(HERE)
    assert refused.value.retry_after == 60
    limit.check(ELSEWHERE)
    clock.now += 60
    limit.check(HERE)


def test_the_memory_is_bounded() -> None:
    """Failures from everywhere forget the oldest address."""
    limit = FailureLimit(enabled=True)
    fail(limit, HERE, FAILED_SIGN_INS)
    with pytest.raises(TooManyFailuresError):
        limit.check(HERE)
    for number in range(FAILED_NETWORKS):
        limit.record(f"10.0.{number >> 8}.{number & 255}")
    limit.check(HERE)


def test_without_rate_limits_nothing_is_limited() -> None:
    """An empty EMOJIFY_RATE_LIMIT turns every limit off."""
    limit = FailureLimit(enabled=False)
    fail(limit, HERE, FAILED_SIGN_INS + 1)
    limit.check(HERE)
