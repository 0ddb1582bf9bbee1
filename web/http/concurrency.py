"""Limits on requests that hold a thread: those that wait, and those that transfer a file."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from emojify_core.errors import OverloadedError


class WaitSlots:
    """A limited number of places to wait in, shared by everything that holds requests.

    A request that finds no place is not refused: it is answered at once, without waiting. So
    there is always a thread left for those that ask for something else.
    """

    def __init__(self, places: int) -> None:
        self._places = threading.BoundedSemaphore(places)

    @contextmanager
    def hold(self, seconds: float) -> Iterator[float]:
        """Give the seconds this request may wait: those it asked for, or none."""
        if not seconds or not self._places.acquire(blocking=False):
            yield 0
            return
        try:
            yield seconds
        finally:
            self._places.release()


class TransferSlots:
    """A limited number of places; one that finds none is refused, and may come again."""

    def __init__(self, places: int) -> None:
        self._count = places
        self._places = threading.BoundedSemaphore(places)

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place. Raises OverloadedError."""
        if not self._places.acquire(blocking=False):
            raise OverloadedError(
                f"{self._count} files are being sent or fetched at the moment. Try again shortly."
            )
        try:
            yield
        finally:
            self._places.release()
