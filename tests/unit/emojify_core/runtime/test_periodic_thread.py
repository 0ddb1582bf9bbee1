"""A periodic thread runs its action until it is stopped."""

import threading
from collections.abc import Callable
from itertools import count

import pytest
import structlog

from emojify_core.runtime.periodic_thread import PeriodicThread

LONG = 60.0  # seconds: no test waits for it


class Runs:
    """An action that counts its runs and may fail in the first ones."""

    def __init__(self, *errors: Exception) -> None:
        self.count = 0
        self._errors, self._changed = list(errors), threading.Condition()

    def __call__(self) -> None:
        """Run once."""
        with self._changed:
            self.count += 1
            self._changed.notify_all()
        if self._errors:
            raise self._errors.pop(0)

    def reach(self, number: int) -> bool:
        """Wait until the action has run so often."""
        with self._changed:
            return self._changed.wait_for(lambda: self.count >= number, timeout=20)


def make(action: Callable[[], object], pause: float, *, at_once: bool = True) -> PeriodicThread:
    """Return a thread that expects OSError."""
    return PeriodicThread("test", action, pause=pause, expected=(OSError,), at_once=at_once)


def test_action_runs_at_once_and_after_each_pause() -> None:
    """The first run needs no pause."""
    runs = Runs()
    thread = make(runs, pause=0.01)
    thread.start()
    assert runs.reach(4)
    thread.stop()


def test_wake_ends_the_pause() -> None:
    """New work does not wait for the next regular run."""
    runs = Runs()
    thread = make(runs, pause=LONG, at_once=False)
    thread.start()
    assert runs.count == 0
    for number in range(1, 4):
        thread.wake()
        assert runs.reach(number)
    thread.stop()


def test_action_may_change_the_pause() -> None:
    """A dispatcher with work to do runs more often."""
    numbers, done = count(), threading.Event()

    def action() -> None:
        thread.pause = 0.01
        if next(numbers) == 3:
            done.set()

    thread = make(action, pause=LONG)
    thread.start()
    assert done.wait(20)
    thread.stop()


@pytest.mark.parametrize(
    ("error", "level"), [(OSError("Redis is down"), "warning"), (ValueError("a bug"), "error")]
)
def test_failed_run_is_logged_and_followed_by_another(error: Exception, level: str) -> None:
    """One error must not end a worker's background work."""
    runs = Runs(error)
    with structlog.testing.capture_logs() as logs:
        thread = make(runs, pause=0.01)
        thread.start()
        assert runs.reach(3)
        thread.stop()
    line = logs[0]
    assert [each["event"] for each in logs[1:]] in ([], ["background work goes on"])
    assert (line["event"], line["work"]) == ("background work failed", "test")
    assert line["log_level"] == level
    assert ("exc_info" in line) is (level == "error"), "a traceback for unexpected errors only"


def test_stopped_thread_runs_no_more() -> None:
    """After `stop` returns, the action does not run again."""
    runs = Runs()
    thread = make(runs, pause=0.001)
    thread.start()
    assert runs.reach(2)
    thread.stop()
    before = runs.count
    thread.wake()
    assert not any(each.name == "test" for each in threading.enumerate())
    assert runs.count == before


def test_thread_that_never_started_can_be_stopped() -> None:
    """A process that ends early stops what it has not started."""
    make(Runs(), pause=LONG).stop()


def test_the_same_trouble_is_logged_once() -> None:
    """An outage of an hour fills no log: one line when it begins, changes and ends."""
    runs = Runs(OSError("down"), OSError("down"), OSError("read-only"), OSError("read-only"))
    with structlog.testing.capture_logs() as logs:
        thread = make(runs, pause=0.01)
        thread.start()
        assert runs.reach(7)
        thread.stop()
    assert [each.get("reason", "over") for each in logs] == ["down", "read-only", "over"]
