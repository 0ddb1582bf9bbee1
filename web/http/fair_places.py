"""A limited number of places that client networks share fairly when they run short."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from emojify_core.networks import is_loopback


class FairPlaces:
    """Places, of which a network may hold as many as stay free.

    One network alone gets half of them, the next one half of the rest. So a place is left for
    the next comer, and an office behind one address has its half. This machine may have all.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self._held: Counter[str] = Counter()
        self._lock = threading.Lock()

    @contextmanager
    def hold(self, network: str | None) -> Iterator[bool]:
        """Hold a place for a network, and tell whether it got one; None wants none."""
        if network is None or not self._take(network):
            yield False
            return
        try:
            yield True
        finally:
            self._give_back(network)

    def _take(self, network: str) -> bool:
        with self._lock:
            free, held = self.count - self._held.total(), self._held[network]
            if free < 1 or (held >= free and not is_loopback(network)):
                return False
            self._held[network] += 1
            return True

    def _give_back(self, network: str) -> None:
        with self._lock:
            self._held[network] -= 1
            if not self._held[network]:
                del self._held[network]
