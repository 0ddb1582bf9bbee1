"""A heartbeat file for health checks; `python -m worker.process.heartbeat` checks its age.

The worker's main loop touches the file. A worker that hangs stops touching it, although its
background threads may still report its presence.
"""

import sys
import time
from pathlib import Path
from typing import Any

from emojify_core.settings import Settings

TOUCH_EVERY = 5.0  # seconds
# While the trainer learns, its main loop stands still and each step touches the file. The longest
# step is the fine-tuning of many corrections.
STALE_AFTER = 120.0


def start_heartbeat(consumer: Any, path: Path | None) -> None:
    """Touch the file, if one is configured, now and every few seconds from the main loop."""
    if path is not None:
        touch(path)
        consumer.timer.call_repeatedly(TOUCH_EVERY, path.touch)


def touch(path: Path | None) -> None:
    """Touch the heartbeat file, if one is configured."""
    if path is not None:
        path.touch()


def main() -> int:
    """Return 0 if the heartbeat is fresh."""
    path = Settings.from_env().heartbeat
    if path is None:
        print("No heartbeat file is configured. Set EMOJIFY_HEARTBEAT to its path.")  # noqa: T201
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
