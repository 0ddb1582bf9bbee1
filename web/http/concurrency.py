"""Limits on requests that hold a thread: those that wait, and those that transfer a file."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from emojify_core.errors import OverloadedError
from web.http.client_address import client_network
from web.http.fair_places import FairPlaces

T = TypeVar("T")

POLL_EVERY = 0.25  # seconds


class WaitSlots:
    """A limited number of slots for requests that wait for a result; networks share them.

    A request that finds no slot is answered at once, without waiting. So a thread is always left
    for the other requests. Requests that poll wait long and hold at most half of the slots, so
    that predictions, which end within a second, always find one.
    """

    def __init__(self, slots: int, whose: Callable[[], str] = client_network) -> None:
        self._whose = whose
        self._places, self._polls = FairPlaces(slots), FairPlaces(max(1, slots // 2))

    @contextmanager
    def hold(self, seconds: float) -> Iterator[float]:
        """Hold a slot; give the seconds this request may wait: all it asked for, or 0."""
        with self._places.hold(self._whose() if seconds else None) as held:
            yield seconds if held else 0

    def poll(self, read: Callable[[], T], is_final: Callable[[T], bool], seconds: float) -> T:
        """Read until the value is final; return what was last read when the time is over."""
        with self._hold_poll(seconds) as granted:
            deadline = time.monotonic() + granted
            while not is_final(found := read()) and (left := deadline - time.monotonic()) > 0:
                time.sleep(min(POLL_EVERY, left))
        return found

    @contextmanager
    def _hold_poll(self, seconds: float) -> Iterator[float]:
        network = self._whose() if seconds else None
        with self._polls.hold(network) as held, self.hold(seconds if held else 0) as granted:
            yield granted


class TransferSlots:
    """A limited number of slots for file transfers; a request that finds none is refused."""

    def __init__(self, slots: int, whose: Callable[[], str] = client_network) -> None:
        self._whose = whose
        self._places = FairPlaces(slots)

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Hold a slot. Raises OverloadedError when all are taken, or too many by one network."""
        with self._places.hold(self._whose()) as held:
            if not held:
                raise OverloadedError(
                    "Too many files are being sent or fetched at the moment. Try again shortly."
                )
            yield
