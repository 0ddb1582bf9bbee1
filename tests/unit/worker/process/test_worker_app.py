"""Services run beside a worker's tasks, from its start to its end."""

from pathlib import Path

import pytest
from celery.signals import worker_ready, worker_shutdown

from worker.process.worker_app import run_services


class Recorder:
    """A service that records its start and its stop."""

    def __init__(self, name: str, events: list[str]) -> None:
        self._name, self._events = name, events

    def start(self) -> None:
        """Record the start."""
        self._events.append(f"start {self._name}")

    def stop(self) -> None:
        """Record the stop."""
        self._events.append(f"stop {self._name}")


class Timer:
    """The timer of a worker's main loop."""

    def __init__(self) -> None:
        self.intervals: list[float] = []

    def call_repeatedly(self, seconds: float, _action: object) -> None:
        """Record the interval."""
        self.intervals.append(seconds)


class Consumer:
    """The part of Celery's consumer that the heartbeat needs."""

    def __init__(self) -> None:
        self.timer = Timer()


@pytest.fixture(autouse=True)
def _own_receivers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the receivers of these tests out of other tests."""
    for signal in (worker_ready, worker_shutdown):
        monkeypatch.setattr(signal, "receivers", [])


def test_services_stop_in_the_opposite_order_of_their_start(tmp_path: Path) -> None:
    """The dispatcher stops before the writer, and the report is removed last."""
    events: list[str] = []
    consumer, heartbeat = Consumer(), tmp_path / "heartbeat"
    run_services(heartbeat, *(Recorder(name, events) for name in ("reporter", "writer")))
    worker_ready.send(consumer)
    assert heartbeat.exists()
    assert len(consumer.timer.intervals) == 1
    worker_shutdown.send(consumer)
    assert events == ["start reporter", "start writer", "stop writer", "stop reporter"]


def test_worker_without_a_heartbeat_file_touches_none() -> None:
    """The local run has no health check."""
    consumer = Consumer()
    run_services(None)
    worker_ready.send(consumer)
    assert consumer.timer.intervals == []
