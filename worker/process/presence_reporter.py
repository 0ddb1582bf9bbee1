"""The thread in which a worker reports its presence: that it lives, and what it does."""

import os
import resource
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from emojify_core.errors import QueueUnavailableError
from emojify_core.queue.worker_presence import REPORT_EVERY, Presence, Worker
from emojify_core.runtime.periodic_thread import PeriodicThread


class PresenceReporter(PeriodicThread):
    """Counts this worker's tasks and reports every REPORT_EVERY seconds, if Redis is up."""

    def __init__(
        self,
        presence: Presence,
        kind: str,
        model_version: Callable[[], int | None],
        problem: Callable[[], str],
    ) -> None:
        super().__init__(
            "presence report",
            self._report,
            pause=REPORT_EVERY,
            expected=(QueueUnavailableError,),
        )
        self._presence = presence
        self._worker_name = f"{kind}@{socket.gethostname()}:{os.getpid()}"
        self._model_version, self._current_problem = model_version, problem
        self._tasks, self._task_seconds = 0, 0.0
        self._reported_at, self._reported_tasks = time.monotonic(), 0

    def record_task(self, seconds: float) -> None:
        """Count a task that took this long."""
        self._tasks += 1
        self._task_seconds += seconds

    def stop(self) -> None:
        """Stop reporting, and remove this worker's last report."""
        super().stop()
        with suppress(QueueUnavailableError):  # the report expires by itself
            self._presence.leave(self._worker_name)

    def _report(self) -> None:
        now, tasks = time.monotonic(), self._tasks
        rate = (tasks - self._reported_tasks) / max(now - self._reported_at, 0.001)
        self._reported_at, self._reported_tasks = now, tasks
        self._presence.report(
            Worker(
                self._worker_name,
                self._model_version(),
                tasks,
                self._task_seconds,
                resident_bytes(),
                self._current_problem(),
                round(rate, 2),
            )
        )


def resident_bytes() -> int:
    """Return this process's resident memory, or its peak where the system gives no more."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return pages * resource.getpagesize()
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024
