"""Limits how often an address may send a wrong key or token.

The counts are in this process's memory: they hold without Redis, too.
"""

import math
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable

from emojify_core.errors import TooManyFailuresError
from emojify_core.limits import FAILED_NETWORKS, FAILED_SIGN_INS, FAILED_SIGN_INS_SECONDS


class FailureLimit:
    """Remembers the last failures of each address. Safe to share between threads."""

    def __init__(self, *, enabled: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self._enabled, self._clock = enabled, clock
        self._failures: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def check(self, network: str) -> None:
        """Raise TooManyFailuresError while an address may not try again.

        Call it before comparing: otherwise a right guess would still show.
        """
        with self._lock:
            failures = self._failures.get(network)
            is_full = failures is not None and len(failures) == FAILED_SIGN_INS
            oldest = failures[0] if failures and is_full else -math.inf
        wait = oldest + FAILED_SIGN_INS_SECONDS - self._clock()
        if wait > 0:
            seconds = math.ceil(wait)
            raise TooManyFailuresError(
                "This address sent too many wrong keys or tokens. "
                f"Check yours and try again in {seconds} seconds.",
                seconds,
            )

    def record(self, network: str) -> None:
        """Remember that an address sent a wrong key or token."""
        if not self._enabled:
            return
        with self._lock:
            failures = self._failures.setdefault(network, deque(maxlen=FAILED_SIGN_INS))
            failures.append(self._clock())
            self._failures.move_to_end(network)
            if len(self._failures) > FAILED_NETWORKS:
                self._failures.popitem(last=False)
