"""How fast a client must send its body or read its answer."""

from emojify_core.limits import PACE_BYTES, PACE_SECONDS


class Pace:
    """Counts the seconds that the server waited for a client, and the bytes that it got for them.

    Only waiting counts: a busy server is not the client's fault. Each window begins anew, so
    nobody can send much at once and then hold a thread for hours.
    """

    def __init__(self) -> None:
        self._waited, self._bytes = 0.0, 0

    @property
    def patience(self) -> float:
        """Return the seconds until this window ends."""
        return PACE_SECONDS - self._waited

    def moved(self, size: int) -> None:
        """Count bytes."""
        self._bytes += size

    def waited(self, seconds: float) -> bool:
        """Count a wait; return whether the client is still fast enough."""
        self._waited += seconds
        if self._waited < PACE_SECONDS:
            return True
        fast = self._bytes >= PACE_BYTES
        self._waited, self._bytes = 0.0, 0
        return fast
