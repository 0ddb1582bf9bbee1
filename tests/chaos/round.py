"""One round of a schedule: corrections to send, and versions to roll back to."""

import random

from chaos.client import Client
from chaos.planned_corrections import PlannedCorrection
from support.deadlines import eventually

LIVE_WITHIN = 60.0  # seconds


class Round:
    """One client and the corrections that it has not sent yet."""

    def __init__(
        self, client: Client, corrections: list[PlannedCorrection], chance: random.Random
    ) -> None:
        self._client, self._left, self.chance = client, corrections, chance
        self._oldest = self.live()  # no rollback goes further back

    def submit(self, count: int) -> None:
        """Send this many corrections, or those that are left."""
        for _ in range(min(count, len(self._left))):
            self._client.submit(self._left.pop(0))

    def submit_rest(self) -> None:
        """Send the remaining corrections."""
        self.submit(len(self._left))

    def until_live(self, count: int) -> None:
        """Wait until the model has learned this many corrections of the client."""
        self.submit(count)
        eventually(lambda: len(self._learned()) >= count, within=LIVE_WITHIN, what="some are live")

    def undo_one(self) -> None:
        """Undo one correction, a live one if there is one."""
        left = [each.id for each in self._client.accepted if each.id not in self._client.undone]
        self._client.undo(self.chance.choice(self._learned() or left))

    def roll_back(self) -> None:
        """Roll back to a version of this round."""
        requeue = self.chance.random() < 0.5
        self._client.activate(self.chance.randint(self._oldest, self.live()), requeue=requeue)

    def live(self) -> int:
        """Return the number of the live version."""
        number: int = self._client.models()["live"]
        return number

    def _learned(self) -> list[str]:
        known = self._client.states() or {}
        return [name for name, each in known.items() if each["state"] == "live"]
