"""Rates and latency of the last minutes."""

from web.status.latency_window import WINDOW, RecentAnswers


class Watch:
    """A clock that stands still until it is told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def test_answers_are_counted_and_timed() -> None:
    """Half within, 95 of 100 within; refusals apart; what is queued or mistaken not at all."""
    recent = RecentAnswers(Watch())
    for milliseconds in range(1, 101):
        recent.note(200, milliseconds / 1000)
    for status in (503, 500, 429, 202, 422, 404):
        recent.note(status, 9)
    seen = recent.summary()
    assert (seen.answered, seen.failed) == (100, 3)
    assert seen.per_minute == 100 / (WINDOW / 60)
    assert (round(seen.median), round(seen.slow)) == (50, 95)


def test_what_is_older_than_the_window_is_forgotten() -> None:
    """The figures are of now."""
    watch = Watch()
    recent = RecentAnswers(watch)
    recent.note(200, 1)
    watch.now += WINDOW - 1
    recent.note(200, 0.5)
    assert recent.summary().answered == 2
    watch.now += 2
    assert (recent.summary().answered, recent.summary().median) == (1, 500)
    watch.now += WINDOW
    assert (recent.summary().answered, recent.summary().median) == (0, 0)
