"""How many rows of a chunk are answered in one step; a prediction waits for one step at most."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import inf

from emojify_core.batches.reading.rows import Row

STEP = 0.003  # seconds that a step should take
QUIET_AFTER = 60.0  # seconds since the last prediction
_ROW_COST = 30  # characters: what a row costs in addition to its text
_INITIAL_RATE = 400_000.0  # characters a second, before the first measurement
_SMALLEST_STEP = 1_000  # characters: smaller steps spend most of their time on the message
_SMOOTHING = 0.3  # weight of the last step in the exponential moving average


class StepSizer:
    """Measures each step to choose the size of the next; not safe to share between threads.

    No fixed number of rows suits every machine and every load. `prediction_waits` tells whether a
    prediction is queued.
    """

    def __init__(
        self, prediction_waits: Callable[[], bool], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.prediction_waits, self._clock = prediction_waits, clock
        self._rate = _INITIAL_RATE
        self._last_prediction_at = -inf

    def record_prediction(self) -> None:
        """Take small steps for a while: another prediction may follow."""
        self._last_prediction_at = self._clock()

    @contextmanager
    def step(self, rows: Iterator[Row]) -> Iterator[list[Row]]:
        """Give the rows of the next step, and time the block.

        Without predictions a step holds all rows: many texts at once take a quarter less time.
        """
        started = self._clock()
        quiet = started - self._last_prediction_at > QUIET_AFTER
        room = inf if quiet else max(_SMALLEST_STEP, self._rate * STEP)
        taken: list[Row] = []
        size = 0
        for row in rows:
            taken.append(row)
            size += _ROW_COST + (0 if row.problem else len(row.text))
            if size >= room:
                break
        yield taken
        seconds = self._clock() - started
        if taken and seconds > 0 and not quiet:
            self._rate += _SMOOTHING * (size / seconds - self._rate)
