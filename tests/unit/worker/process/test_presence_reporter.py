"""A worker reports its presence."""

import json
import time

from emojify_core.queue.worker_presence import Presence, Worker
from worker.process.presence_reporter import PresenceReporter


class Board:
    """The part of Redis that a report needs."""

    def __init__(self) -> None:
        self.reports: list[Worker] = []

    def set(self, _name: str, report: str, ex: int) -> None:
        """Record a report."""
        assert ex
        self.reports.append(Worker.from_report(report))

    def time(self) -> tuple[int, int]:
        """Return the time as Redis does: seconds, and microseconds beside them."""
        return divmod(int(time.time() * 1e6), 10**6)

    def delete(self, _name: str) -> None:
        """Delete nothing."""


def test_rate_covers_the_time_since_the_last_report() -> None:
    """The status view shows a worker's present rate, not its average since the start."""
    board = Board()
    reporter = PresenceReporter(Presence(board), "predict", lambda: 3, lambda: "")  # type: ignore[arg-type]
    started = time.monotonic()
    for _ in range(50):
        reporter.record_task(0.002)
    time.sleep(0.05)
    reporter.start()
    reporter.stop()
    (report,) = board.reports
    assert report.tasks == 50
    assert 50 / (time.monotonic() - started) <= report.rate <= 50 / 0.05
    assert json.dumps(report.rate), "a number that JSON has"
