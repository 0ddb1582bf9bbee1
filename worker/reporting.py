"""The worker's report that it is alive, repeated from a thread of its own."""

import logging
import threading
from collections.abc import Callable

from emojify_core.errors import QueueUnavailableError
from emojify_core.presence import REPORT_EVERY, Presence, Worker

log = logging.getLogger(__name__)


class Reporter:
    """Reports until told to stop; a Redis that is away for a while is not an error."""

    def __init__(self, presence: Presence, worker: Worker) -> None:
        self._presence, self._worker = presence, worker
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="presence", daemon=True)

    def start(self) -> None:
        """Report now and then every REPORT_EVERY seconds."""
        self._thread.start()

    def stop(self) -> None:
        """Take the worker off the board."""
        self._stopped.set()
        self._thread.join(timeout=REPORT_EVERY)

    def _run(self) -> None:
        while not self._stopped.is_set():
            self._try(self._presence.report)
            self._stopped.wait(REPORT_EVERY)
        self._try(self._presence.leave)

    def _try(self, action: Callable[[Worker], None]) -> None:
        try:
            action(self._worker)
        except QueueUnavailableError as e:
            log.warning("cannot report: %s", e)
