"""A background thread that repeats one action until it is stopped."""

import threading
from collections.abc import Callable

import structlog

log = structlog.get_logger(__name__)

STOP_WITHIN = 5.0  # seconds that `stop` waits for a run that has not ended


class PeriodicThread:
    """Runs `action` every `pause` seconds until it is stopped, whatever errors the action raises.

    `name` is the work's name in the log. An error of the `expected` kinds logs one line when it
    begins, changes and ends; any other error logs its traceback. The action may set `pause` for its
    next run.
    """

    def __init__(
        self,
        name: str,
        action: Callable[[], object],
        *,
        pause: float,
        expected: tuple[type[Exception], ...] = (),
        at_once: bool = True,  # False: the first run comes after a pause
    ) -> None:
        self._action, self._at_once = action, at_once
        self._name, self._expected = name, expected
        self.pause, self.stopping = pause, False
        self._failing = "", ""  # why the last run failed
        self._woken = threading.Event()
        self._thread = threading.Thread(target=self._repeat, name=name, daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def wake(self) -> None:
        """End the current pause."""
        self._woken.set()

    def stop(self) -> None:
        """Start no further run, and wait for the current one."""
        self.stopping = True
        if self._thread.is_alive():  # a process that is stopped early has not started it
            self.wake()
            self._thread.join(STOP_WITHIN)

    def _repeat(self) -> None:
        if self._at_once:
            self._run()
        while not self.stopping:
            self._woken.wait(self.pause)
            self._woken.clear()
            if not self.stopping:
                self._run()

    def _run(self) -> None:
        try:
            self._action()
            self._note("")
        except self._expected as e:
            self._note(str(e), getattr(e, "trouble", ""))
        except Exception:  # one failed run must not end the others
            log.exception("background work failed", work=self._name)

    def _note(self, reason: str, trouble: str = "") -> None:
        """Log why runs fail, once for each reason, and that they work again."""
        if reason and (reason, trouble) != self._failing:
            log.warning("background work failed", work=self._name, reason=reason, trouble=trouble)
        elif self._failing[0] and not reason:
            log.info("background work goes on", work=self._name)
        self._failing = reason, trouble
