"""A started trainer warms up once predictions are answered."""

from threading import Event
from typing import Any, cast

import pytest

from emojify_core.errors import DataError, QueueUnavailableError
from emojify_core.queue.worker_presence import Worker
from support.deadlines import eventually
from worker.training import warm_up
from worker.training.warm_up import WarmUp


class FakePresence:
    """The workers that report; without Redis, none can be read."""

    def __init__(self, *workers: Worker, redis_is_down: bool = False) -> None:
        self.found, self.redis_is_down, self.checks = list(workers), redis_is_down, 0

    def workers(self) -> list[Worker]:
        """Return the workers."""
        self.checks += 1
        if self.redis_is_down:
            raise QueueUnavailableError("The queue does not answer.")
        return self.found


class FakeRunner:
    """An update runner whose first warm-ups fail."""

    def __init__(self, failures: int = 0) -> None:
        self.failures, self.calls = failures, 0

    def warm_up(self) -> None:
        """Warm up, or fail."""
        self.calls += 1
        if self.calls <= self.failures:
            raise DataError("The rows are missing.")


PREDICTING, TRAINING = Worker("predict@host:1", 1), Worker("train@host:2", None)


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Check and retry without long pauses."""
    monkeypatch.setattr(warm_up, "CHECK_EVERY", 0.01)
    monkeypatch.setattr(warm_up, "RETRY_AFTER", 0.01)


def run(presence: FakePresence, runner: FakeRunner) -> tuple[WarmUp, Event]:
    """Start a warm-up; return it, and the event that it sets when it is ready."""
    ready = Event()
    thread = WarmUp(cast("Any", presence), cast("Any", runner), ready.set)
    thread.start()
    return thread, ready


def test_trainer_waits_for_a_prediction_worker() -> None:
    """Importing TensorFlow takes a core, and predictions come first."""
    presence, runner = FakePresence(TRAINING), FakeRunner()
    thread, ready = run(presence, runner)
    eventually(lambda: presence.checks >= 3, within=20)
    assert runner.calls == 0
    presence.found.append(PREDICTING)
    assert ready.wait(20)
    assert runner.calls == 1
    thread.stop()


@pytest.mark.parametrize("redis_is_down", [False, True])
def test_trainer_does_not_wait_for_ever(
    monkeypatch: pytest.MonkeyPatch, *, redis_is_down: bool
) -> None:
    """Without a prediction worker, corrections are learned all the same."""
    monkeypatch.setattr(warm_up, "PATIENCE", 0.05)
    thread, ready = run(FakePresence(redis_is_down=redis_is_down), FakeRunner())
    assert ready.wait(20)
    thread.stop()


def test_failed_warm_up_is_retried_until_it_succeeds() -> None:
    """A database that starts late delays the trainer, but does not stop it."""
    runner = FakeRunner(failures=2)
    thread, ready = run(FakePresence(PREDICTING), runner)
    assert ready.wait(20)
    eventually(lambda: thread.stopping, within=20, what="it runs once")
    assert runner.calls == 3
