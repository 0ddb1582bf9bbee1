"""Slots for requests that wait, and for those that transfer a file."""

import pytest

from emojify_core.errors import OverloadedError
from web.http.concurrency import TransferSlots, WaitSlots

FINAL = 3
HERE, AWAY = "127.0.0.1", "203.0.113.1"


def here() -> str:
    """Name the network of every client."""
    return HERE


def is_final(value: int) -> bool:
    """Return whether a value ends the wait."""
    return value == FINAL


def test_poll_reads_until_the_value_is_final(monkeypatch: pytest.MonkeyPatch) -> None:
    """The request gets the final value as soon as it is there."""
    monkeypatch.setattr("web.http.concurrency.POLL_EVERY", 0.001)
    values = iter(range(10))
    assert WaitSlots(1, here).poll(lambda: next(values), is_final, seconds=60) == FINAL
    assert next(values) == FINAL + 1, "nothing is read after it"


def test_poll_returns_the_last_value_when_the_time_is_over() -> None:
    """The request is answered in time, whatever the state is then."""
    assert WaitSlots(1, here).poll(lambda: 1, is_final, seconds=0.01) == 1


def test_poll_without_a_free_slot_reads_once() -> None:
    """A request that finds no slot is answered at once, and its slot is never missed."""
    slots = WaitSlots(1, here)
    values = iter(range(10))
    with slots.hold(5) as granted, slots.hold(5) as refused:
        assert (granted, refused) == (5, 0)
        assert slots.poll(lambda: next(values), is_final, seconds=60) == 0
    with slots.hold(5) as granted:
        assert granted == 5


def test_a_transfer_without_a_free_slot_is_refused() -> None:
    """The client may try again when another transfer has ended."""
    slots = TransferSlots(1, here)
    with slots.hold(), pytest.raises(OverloadedError, match="Too many"), slots.hold():
        pass
    with slots.hold():
        pass


def test_waits_for_batches_leave_half_of_the_slots_to_predictions() -> None:
    """They last ten seconds, and once took all of them (M3)."""
    slots = WaitSlots(4, here)
    asked = []

    def read() -> int:
        asked.append(None)
        if len(asked) < FINAL:  # two more wait inside the first one
            slots.poll(read, is_final, seconds=60)
        else:
            with slots.hold(5) as third, slots.hold(5) as fourth, slots.hold(5) as fifth:
                assert (third, fourth, fifth) == (5, 5, 0)
        return FINAL

    slots.poll(read, is_final, seconds=60)
    assert len(asked) == FINAL


def test_a_network_leaves_slots_to_others() -> None:
    """It holds half of them; another one gets a slot at once."""
    networks = iter([AWAY, AWAY, AWAY, HERE])
    slots = WaitSlots(4, lambda: next(networks))
    with slots.hold(5) as first, slots.hold(5) as second, slots.hold(5) as third:
        assert (first, second, third) == (5, 5, 0)
        with slots.hold(5) as other:
            assert other == 5


def test_transfers_of_a_network_leave_slots_to_others() -> None:
    """Six slow uploads of one client once kept out everybody's (H2)."""
    networks = iter([AWAY, AWAY, HERE])
    slots = TransferSlots(2, lambda: next(networks))
    with slots.hold():
        with pytest.raises(OverloadedError), slots.hold():
            pass
        with slots.hold():
            pass
