"""The worker's report that it is alive and what it did, repeated from a thread of its own."""

import os
import resource
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import structlog

from emojify_core.errors import QueueUnavailableError
from emojify_core.queue.worker_presence import REPORT_EVERY, Presence, Worker

log = structlog.get_logger(__name__)


class Reporter:
    """Counts tasks and reports until told to stop; a Redis that is away is not an error."""

    def __init__(
        self,
        presence: Presence,
        kind: str,
        model_version: Callable[[], int | None],
        problem: Callable[[], str],
    ) -> None:
        self._presence = presence
        self._name = f"{kind}@{socket.gethostname()}:{os.getpid()}"
        self._model_version, self._problem = model_version, problem
        self._tasks, self._seconds = 0, 0.0
        self._reported = (time.monotonic(), 0)  # when, and the tasks done by then
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="presence", daemon=True)

    def start(self) -> None:
        """Report now and then every REPORT_EVERY seconds."""
        self._thread.start()

    def count(self, seconds: float) -> None:
        """Take note of a task done."""
        self._tasks += 1
        self._seconds += seconds

    def stop(self) -> None:
        """Take the worker off the board."""
        self._stopped.set()
        if self._thread.is_alive():  # not if we are stopped while we start
            self._thread.join(timeout=REPORT_EVERY)

    def _run(self) -> None:
        while not self._stopped.is_set():
            self._try(self._report)
            self._stopped.wait(REPORT_EVERY)
        self._try(lambda: self._presence.leave(self._name))

    def _report(self) -> None:
        now, (before, done) = time.monotonic(), self._reported
        rate = (self._tasks - done) / max(now - before, 0.001)
        self._reported = (now, self._tasks)
        self._presence.report(
            Worker(
                self._name,
                self._model_version(),
                self._tasks,
                self._seconds,
                resident_bytes(),
                self._problem(),
                round(rate, 2),
            )
        )

    def _try(self, action: Callable[[], None]) -> None:
        try:
            action()
        except QueueUnavailableError as e:
            log.warning("cannot report", reason=str(e))


def resident_bytes() -> int:
    """Return this process's resident memory; where the system tells only the peak, the peak."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return pages * resource.getpagesize()
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024
