"""What happens at each step of learning, besides the learning: signs of life, and an early end."""

import threading
from collections.abc import Callable
from pathlib import Path

from emojify_core.errors import StoppedError
from worker.process.heartbeat import touch

# Steps after which nothing is lost by ending there: what was in training is queued again, and it
# does not count as an attempt that broke.
BEFORE_STORING = frozenset({"taken", "rebuilding", "loaded", "trained", "judged"})


def watched(
    on_step: Callable[[str], None], heartbeat: Path | None, stopping: threading.Event
) -> Callable[[str], None]:
    """Return what the trainer calls at each step.

    The consumer's loop, which touches the file otherwise, stands still while the solo pool learns;
    and so does everything else that would end it. Raises StoppedError when it shall end.
    """

    def step(name: str) -> None:
        touch(heartbeat)
        on_step(name)
        if stopping.is_set() and name in BEFORE_STORING:
            raise StoppedError("The trainer was told to stop; the next start goes on with it.")

    return step
