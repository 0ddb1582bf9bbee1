"""The thread that makes a started trainer ready for its first update."""

import time
from collections.abc import Callable
from contextlib import suppress

from emojify_core.errors import EmojifyError, QueueUnavailableError
from emojify_core.queue.worker_presence import Presence
from emojify_core.runtime.periodic_thread import PeriodicThread
from worker.training.update_runner import UpdateRunner

PATIENCE = 20.0  # seconds to wait for a prediction worker
CHECK_EVERY = 0.2  # seconds
RETRY_AFTER = 10.0  # seconds after a failure


class WarmUp(PeriodicThread):
    """Warms the update runner once a worker answers predictions, then calls `on_ready`.

    Importing TensorFlow takes a core for some seconds, and predictions come first.
    """

    def __init__(
        self, presence: Presence, update_runner: UpdateRunner, on_ready: Callable[[], None]
    ) -> None:
        expected = (EmojifyError, OSError)
        super().__init__("warm-up", self._warm_up, pause=CHECK_EVERY, expected=expected)
        self._presence, self._update_runner, self._on_ready = presence, update_runner, on_ready
        self._deadline = time.monotonic() + PATIENCE

    def stop(self) -> None:
        """Start no further attempt. An import of TensorFlow cannot be interrupted."""
        self.stopping = True

    def _warm_up(self) -> None:
        if time.monotonic() < self._deadline and not self._predictions_are_answered():
            return
        self.pause = RETRY_AFTER
        self._update_runner.warm_up()
        self._on_ready()
        self.stopping = True

    def _predictions_are_answered(self) -> bool:
        with suppress(QueueUnavailableError):
            return any(worker.predicts for worker in self._presence.workers())
        return False
