"""Rate and latency of the last minutes' predictions."""

from web.status.latency_window import WINDOW, LatencyWindow


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def test_the_summary_gives_counts_rate_and_quantiles() -> None:
    """Refusals count as failed; queued predictions and client errors do not count."""
    window = LatencyWindow(Clock())
    for milliseconds in range(1, 101):
        window.record(200, milliseconds / 1000)
    for status in (503, 500, 429, 202, 422, 404):
        window.record(status, 9)
    seen = window.summary()
    assert (seen.answered, seen.failed) == (100, 3)
    assert seen.per_minute == 100 / (WINDOW / 60)
    assert (round(seen.median), round(seen.slow)) == (50, 95)


def test_samples_older_than_the_window_do_not_count() -> None:
    """The figures describe the last minutes only."""
    clock = Clock()
    window = LatencyWindow(clock)
    window.record(200, 1)
    clock.now += WINDOW - 1
    window.record(200, 0.5)
    assert window.summary().answered == 2
    clock.now += 2
    assert (window.summary().answered, window.summary().median) == (1, 500)
    clock.now += WINDOW
    assert (window.summary().answered, window.summary().median) == (0, 0)
