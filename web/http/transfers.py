"""How many files may be on their way at once: each holds a thread for as long as it takes."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from emojify_core.errors import OverloadedError


class Transfers:
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
