"""A clock that a test moves forward."""

from datetime import UTC, datetime, timedelta


class Clock:
    """A callable that returns its time."""

    def __init__(self) -> None:
        self.time = datetime(2026, 1, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Return the time."""
        return self.time

    def forward(self, **by: float) -> None:
        """Let this much time pass (`minutes=5`)."""
        self.time += timedelta(**by)


class Ticker:
    """A clock of seconds."""

    now = 0.0

    def __call__(self) -> float:
        """Return the seconds."""
        return self.now
