"""Rates and latency of the last minutes."""

from web.status.latency_window import WINDOW, LatencyWindow


class Clock:
    """A clock that stands still until it is told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def test_answers_are_counted_and_timed() -> None:
    """Half within, 95 of 100 within; refusals apart; what is queued or mistaken not at all."""
    window = LatencyWindow(Clock())
    for milliseconds in range(1, 101):
        window.record(200, milliseconds / 1000)
    for status in (503, 500, 429, 202, 422, 404):
        window.record(status, 9)
    seen = window.summary()
    assert (seen.answered, seen.failed) == (100, 3)
    assert seen.per_minute == 100 / (WINDOW / 60)
    assert (round(seen.median), round(seen.slow)) == (50, 95)


def test_what_is_older_than_the_window_is_forgotten() -> None:
    """The figures are of now."""
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
