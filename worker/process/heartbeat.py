"""A file that a worker's loop touches; `python -m worker.process.heartbeat` checks its age.

For those who watch from outside: a container's health check. A worker that hangs stops touching
it, even where a thread of its own would go on reporting.
"""

import sys
import time
from pathlib import Path
from typing import Any

from emojify_core.settings import Settings

TOUCH_EVERY = 5.0  # seconds
# The trainer, whose loop stands still while it learns, touches it at each step, too; its longest
# step is the fine-tune of many corrections.
STALE_AFTER = 120.0


def beat(consumer: Any, path: Path | None) -> None:
    """Touch the file, if there shall be one, now and every few seconds from the consumer's loop."""
    if path is None:
        return
    touch(path)
    consumer.timer.call_repeatedly(TOUCH_EVERY, path.touch)


def touch(path: Path | None) -> None:
    """Touch the file, if there shall be one."""
    if path is not None:
        path.touch()


def main() -> int:
    """Return 0 if the heartbeat is fresh."""
    path = Settings.from_env().heartbeat
    if path is None:
        print("EMOJIFY_HEARTBEAT is not set: there is no file to look at.")  # noqa: T201
        return 1
    try:
        age = time.time() - path.stat().st_mtime
    except FileNotFoundError:
        print(f"There is no heartbeat at {path} yet.")  # noqa: T201
        return 1
    print(f"The last heartbeat is {age:.0f} s old.")  # noqa: T201
    return 0 if age < STALE_AFTER else 1


if __name__ == "__main__":
    sys.exit(main())
