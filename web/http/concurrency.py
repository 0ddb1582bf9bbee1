"""Requests that are held for an answer, and how many may be at once."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class WaitingPlaces:
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
