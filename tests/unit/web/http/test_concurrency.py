"""Slots for requests that wait, and for those that transfer a file."""

import pytest

from emojify_core.errors import OverloadedError
from web.http.concurrency import TransferSlots, WaitSlots

FINAL = 3


def is_final(value: int) -> bool:
    """Return whether a value ends the wait."""
    return value == FINAL


def test_poll_reads_until_the_value_is_final(monkeypatch: pytest.MonkeyPatch) -> None:
    """The request gets the final value as soon as it is there."""
    monkeypatch.setattr("web.http.concurrency.POLL_EVERY", 0.001)
    values = iter(range(10))
    assert WaitSlots(1).poll(lambda: next(values), is_final, seconds=60) == FINAL
    assert next(values) == FINAL + 1, "nothing is read after it"


def test_poll_returns_the_last_value_when_the_time_is_over() -> None:
    """The request is answered in time, whatever the state is then."""
    assert WaitSlots(1).poll(lambda: 1, is_final, seconds=0.01) == 1


def test_poll_without_a_free_slot_reads_once() -> None:
    """A request that finds no slot is answered at once, and its slot is never missed."""
    slots = WaitSlots(1)
    values = iter(range(10))
    with slots.hold(5) as granted, slots.hold(5) as refused:
        assert (granted, refused) == (5, 0)
        assert slots.poll(lambda: next(values), is_final, seconds=60) == 0
    with slots.hold(5) as granted:
        assert granted == 5


def test_a_transfer_without_a_free_slot_is_refused() -> None:
    """The client may try again when another transfer has ended."""
    slots = TransferSlots(1)
    with slots.hold(), pytest.raises(OverloadedError, match="1 files"), slots.hold():
        pass
    with slots.hold():
        pass
