"""How much of a chunk is answered at a stretch: what somebody who asks then has to wait for."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import inf

from emojify_core.batches.reading.rows import Row

STEP = 0.003  # seconds that a step should take
QUIET_AFTER = 60.0  # seconds since somebody asked for a prediction
_PER_ROW = 30  # a row costs about as much as so many characters, however short it is
_FIRST = 400_000.0  # characters a second, until it is known
_LEAST = 1_000  # characters of a step: with less, a message is mostly on its way
_WEIGHT = 0.3  # of the last step among those before


class StepSizer:
    """Learns from each step how large the next one may be; for the one thread that runs tasks.

    A fixed number of rows would be right on one machine, and not while others use it too.
    `somebody_waits` tells whether a prediction is queued.
    """

    def __init__(
        self, somebody_waits: Callable[[], bool], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.somebody_waits, self._clock = somebody_waits, clock
        self._rate = _FIRST
        self._asked_at = -inf

    def record_prediction(self) -> None:
        """Take small steps for a while: who asked may ask again."""
        self._asked_at = self._clock()

    @contextmanager
    def step(self, rows: Iterator[Row]) -> Iterator[list[Row]]:
        """Give the rows of the next step, and time what is done with them.

        While nobody asks it is all of them: texts together take a quarter less time each.
        """
        began = self._clock()
        quiet = began - self._asked_at > QUIET_AFTER
        room = inf if quiet else max(_LEAST, self._rate * STEP)
        taken: list[Row] = []
        size = 0
        for row in rows:
            taken.append(row)
            size += _PER_ROW + (0 if row.problem else len(row.text))
            if size >= room:
                break
        yield taken
        seconds = self._clock() - began
        if taken and seconds > 0 and not quiet:
            self._rate += _WEIGHT * (size / seconds - self._rate)
