"""What the trainer does after each step of an update: prove that it lives, and stop early."""

import threading
from collections.abc import Callable
from pathlib import Path

from emojify_core.errors import StoppedError
from worker.process.heartbeat import touch

# After these steps a stop loses nothing: the corrections are queued again, and the stop does not
# count as a failed attempt.
BEFORE_STORING = frozenset({"taken", "rebuilding", "loaded", "trained", "judged"})


def make_step_hook(
    on_step: Callable[[str], None], heartbeat: Path | None, stopping: threading.Event
) -> Callable[[str], None]:
    """Return a function to call with the name of each finished step.

    It touches the heartbeat, because the solo pool's main loop stands still during an update. The
    function raises StoppedError when `stopping` is set and the model is not stored yet.
    """

    def step(name: str) -> None:
        touch(heartbeat)
        on_step(name)
        if stopping.is_set() and name in BEFORE_STORING:
            raise StoppedError("The trainer was stopped. The next start continues its work.")

    return step
