"""The part of a schedule that faults act on: corrections still to send, versions to go back to."""

import random

from chaos.client import Client
from chaos.texts import Saying
from support.deadlines import eventually

LIVE_WITHIN = 60.0  # seconds


class Round:
    """One client and what is left for it to say."""

    def __init__(self, client: Client, sayings: list[Saying], chance: random.Random) -> None:
        self._client, self._left, self.chance = client, sayings, chance
        self._oldest = self.live()  # this round goes back to no version before

    def submit(self, count: int) -> None:
        """Send so many corrections, as long as there are some."""
        for _ in range(min(count, len(self._left))):
            self._client.submit(self._left.pop(0))

    def submit_rest(self) -> None:
        """Send what is left."""
        self.submit(len(self._left))

    def until_live(self, count: int) -> None:
        """Wait until the model holds so many corrections of this client."""
        self.submit(count)
        eventually(lambda: len(self._learned()) >= count, within=LIVE_WITHIN, what="some are live")

    def undo_one(self) -> None:
        """Undo one correction, of those that are live if there are any."""
        left = [each.id for each in self._client.accepted if each.id not in self._client.undone]
        self._client.undo(self.chance.choice(self._learned() or left))

    def roll_back(self) -> None:
        """Go back to some version of this round."""
        requeue = self.chance.random() < 0.5
        self._client.activate(self.chance.randint(self._oldest, self.live()), requeue=requeue)

    def live(self) -> int:
        """Return the number of the live version."""
        number: int = self._client.models()["live"]
        return number

    def _learned(self) -> list[str]:
        known = self._client.states() or {}
        return [name for name, each in known.items() if each["state"] == "live"]
