"""Leaky buckets take a burst, and then a steady stream."""

import pytest

from support.clock import Ticker
from web.http import leaky_buckets
from web.http.leaky_buckets import LeakyBuckets


def test_a_bucket_takes_a_burst_and_then_a_stream() -> None:
    """What does not fit is refused with the seconds to wait, and costs nothing."""
    clock = Ticker()
    buckets = LeakyBuckets(100, 10, clock)
    assert buckets.pour("a", 100) == 0
    assert buckets.pour("a", 20) == pytest.approx(2)
    assert buckets.pour("b", 20) == 0, "another client has its own bucket"
    clock.now += 2
    assert buckets.pour("a", 20) == 0
    assert buckets.seconds_until_empty("a") == pytest.approx(10)


def test_what_was_poured_can_be_taken_back() -> None:
    """A request that was refused later on costs nothing."""
    buckets = LeakyBuckets(100, 10, Ticker())
    buckets.pour("a", 100)
    buckets.pour("a", -100)
    assert buckets.pour("a", 100) == 0


def test_the_clients_that_came_longest_ago_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many addresses take a bounded memory."""
    monkeypatch.setattr(leaky_buckets, "MAX_BUCKETS", 2)
    buckets = LeakyBuckets(100, 10, Ticker())
    for client in "abc":
        buckets.pour(client, 100)
    assert [buckets.seconds_until_empty(client) for client in "abc"] == [0, 10, 10]
