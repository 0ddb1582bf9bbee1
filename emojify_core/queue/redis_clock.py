"""One clock for what web and workers compare: that of Redis.

The clocks of two machines differ. With its own, a worker would take each request for too old, or
none. Each process measures how far its clock is from that of Redis.
"""

import time
from datetime import UTC, datetime
from typing import Any, Final

SUSPICIOUS: Final = 2.0  # seconds off; a clock that is set by the network is off by milliseconds


class RedisClock:
    """The time of Redis, as far as this process has measured it; before that, its own."""

    def __init__(self) -> None:
        self.offset = 0.0  # seconds to add to this process's clock

    def measure(self, answer: Any, before: float, after: float) -> None:
        """Take Redis's answer to TIME, which was given between two readings of our clock."""
        seconds, microseconds = answer
        self.offset = seconds + microseconds / 1e6 - (before + after) / 2

    def now(self) -> float:
        """Return the seconds since the epoch."""
        return time.time() + self.offset

    def utc(self, ahead: float = 0.0) -> datetime:
        """Return the time, or what it will be in `ahead` seconds."""
        return datetime.fromtimestamp(self.now() + ahead, UTC)


# A process talks to one Redis. Ids, messages and workers' checks all read this clock.
CLOCK: Final = RedisClock()
