"""A process of the local run, and what its exits mean for it and for the run."""

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from emojify_core.errors import EmojifyError

DEATHS, PER_SECONDS = 4, 60  # so many exits in so many seconds are too many
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 5.0  # seconds before a restart; each pause doubles
DEGRADED_PAUSE = 60.0  # seconds between the starts of an optional part that exits too often


class ChildDiedError(EmojifyError):
    """A process exits again and again; its own last lines say why."""


class Next(Enum):
    """What the supervisor does after an exit."""

    RESTART = "restart"
    DEGRADE = "degrade"  # go on without it, and try again now and then
    END = "end"


@dataclass(slots=True)
class Child:
    """A process to keep running: a name for its log lines, and its command."""

    name: str
    command: Sequence[str]
    optional: bool = False  # predictions are answered without it
    process: asyncio.subprocess.Process | None = None
    restarts: int = 0
    pause: float = 0.0  # seconds before the next start
    degraded: bool = False
    _started_at: float = 0.0
    _deaths: deque[float] = field(default_factory=lambda: deque(maxlen=DEATHS))

    @property
    def too_often(self) -> str:
        """How often it exited lately."""
        return f"{DEATHS}th time within {PER_SECONDS} seconds"

    def started(self) -> None:
        """Note a start."""
        self._started_at = time.monotonic()

    def ran_well(self) -> None:
        """Forget the exits of long ago: it has run for PER_SECONDS."""
        self._deaths.clear()
        self.pause, self.degraded = 0.0, False

    def died(self, now: float, *, was_ready: bool) -> Next:
        """Note an exit, set the pause, and return what follows.

        `was_ready` tells whether the run has answered before. Then a part that is needed restarts
        for ever, because what ails it may pass. Otherwise the first start is wrong, and a person
        is there to read why.
        """
        if now - self._started_at > PER_SECONDS:
            self.ran_well()
        self.restarts += 1
        self._deaths.append(now)
        self.pause = min(2 * self.pause, LONGEST_PAUSE) or FIRST_PAUSE
        too_often = len(self._deaths) == DEATHS and now - self._deaths[0] < PER_SECONDS
        if self.optional and (too_often or self.degraded):
            self.pause, self.degraded = DEGRADED_PAUSE, True
            return Next.DEGRADE
        return Next.END if too_often and not was_ready else Next.RESTART
