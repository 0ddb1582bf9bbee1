"""A limit on the processor time of learning, so that nobody's corrections hold up the others."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from emojify_core.errors import LearningTimeError


@dataclass(slots=True)
class TimeLimit:
    """Counts processor time, because a busy machine is not the text's fault."""

    seconds: float
    clock: Callable[[], float] = time.process_time
    _started_at: float = field(init=False)

    def __post_init__(self) -> None:
        self._started_at = self.clock()

    @property
    def is_over(self) -> bool:
        """Whether the time is used up."""
        return self.clock() - self._started_at >= self.seconds

    def check(self) -> None:
        """Raise LearningTimeError when the time is used up."""
        if self.is_over:
            raise LearningTimeError("This takes too long to learn.")

    @contextmanager
    def uncounted(self) -> Iterator[None]:
        """Do not count what every update costs, whatever it learns."""
        before = self.clock()
        yield
        self._started_at += self.clock() - before
