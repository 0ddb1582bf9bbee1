"""Limits on requests that hold a thread: those that wait, and those that transfer a file."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from emojify_core.errors import OverloadedError

T = TypeVar("T")

POLL_EVERY = 0.25  # seconds


class WaitSlots:
    """A limited number of slots for requests that wait for a result.

    A request that finds no slot is answered at once, without waiting. So a thread is always left
    for the other requests.
    """

    def __init__(self, slots: int) -> None:
        self._slots = threading.BoundedSemaphore(slots)

    @contextmanager
    def hold(self, seconds: float) -> Iterator[float]:
        """Hold a slot; give the seconds this request may wait: all it asked for, or 0."""
        if not seconds or not self._slots.acquire(blocking=False):
            yield 0
            return
        try:
            yield seconds
        finally:
            self._slots.release()

    def poll(self, read: Callable[[], T], is_final: Callable[[T], bool], seconds: float) -> T:
        """Read until the value is final; return what was last read when the time is over."""
        with self.hold(seconds) as granted:
            deadline = time.monotonic() + granted
            while not is_final(found := read()) and (left := deadline - time.monotonic()) > 0:
                time.sleep(min(POLL_EVERY, left))
        return found


class TransferSlots:
    """A limited number of slots for file transfers; a request that finds none is refused."""

    def __init__(self, slots: int) -> None:
        self._count = slots
        self._slots = threading.BoundedSemaphore(slots)

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Hold a slot. Raises OverloadedError when all are taken."""
        if not self._slots.acquire(blocking=False):
            raise OverloadedError(
                f"{self._count} files are being sent or fetched at the moment. Try again shortly."
            )
        try:
            yield
        finally:
            self._slots.release()
