"""A leaky bucket for each client, in memory: it takes bursts, and a steady stream after them."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

MAX_BUCKETS = 10_000  # clients remembered; the one that came longest ago is forgotten


class LeakyBuckets:
    """Buckets that hold `capacity` and leak `rate` a second. Safe to share between threads."""

    def __init__(
        self, capacity: float, rate: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._capacity, self._rate, self._clock = capacity, rate, clock
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()  # level, and when
        self._lock = threading.Lock()

    def pour(self, client: str, amount: float) -> float:
        """Pour into a client's bucket; return 0, or the seconds until it has room.

        Without room, nothing is poured. A negative amount takes back what was poured.
        """
        now = self._clock()
        with self._lock:
            level = self._level(client, now) + amount
            if level > self._capacity:
                return (level - self._capacity) / self._rate
            self._levels[client] = (max(0.0, level), now)
            self._levels.move_to_end(client)
            if len(self._levels) > MAX_BUCKETS:
                self._levels.popitem(last=False)
        return 0.0

    def seconds_until_empty(self, client: str) -> float:
        """Return how long a client's bucket leaks before it is empty."""
        return self._level(client, self._clock()) / self._rate

    def _level(self, client: str, now: float) -> float:
        level, at = self._levels.get(client, (0.0, now))
        return max(0.0, level - (now - at) * self._rate)
