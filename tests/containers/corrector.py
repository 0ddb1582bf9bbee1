"""A client that keeps correcting while parts break, and records accepted corrections."""

import threading
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Self

import httpx

from support.deadlines import eventually

SETTLED = {"live", "refused"}
SETTLED_WITHIN = 300  # seconds; a trainer may have to start first
PAUSE = 1.0  # seconds between two corrections
NAMES = ("Anna", "Ben", "Clara", "David", "Emma", "Felix", "Greta", "Hugo", "Ida", "Jakob")
DEEDS = ("passed the exam", "won the race", "came home at last", "got the job", "sang for us")


@dataclass
class Corrector:
    """One client with one cookie; it repeats each correction until it is answered."""

    url: str
    accepted: list[str] = field(default_factory=list)
    _number: int = 0

    def __enter__(self) -> Self:
        self.http = httpx.Client(base_url=self.url, trust_env=False, timeout=20)
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Send corrections during the block."""
        stop = threading.Event()

        def go_on() -> None:
            while not stop.wait(PAUSE):
                self.correct()

        thread = threading.Thread(target=go_on)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def correct(self) -> str:
        """Send one more correction and return its id; the texts repeat after fifty."""
        name = NAMES[self._number % len(NAMES)]
        deed = DEEDS[self._number // len(NAMES) % len(DEEDS)]
        self._number += 1
        body = {"text": f"{name} {deed} today.", "label": "joy"}
        headers = {"Idempotency-Key": uuid.uuid4().hex}

        def accepted() -> dict[str, Any] | None:
            try:
                answer = self.http.post("/api/v1/corrections", json=body, headers=headers)
            except httpx.TransportError:
                return None
            assert answer.status_code in {202, 503}, answer.text
            return answer.json() if answer.status_code == 202 else None

        stored = eventually(accepted, within=60, what="a correction is accepted")
        assert stored
        self.accepted.append(stored["id"])
        return str(stored["id"])

    def states(self) -> Counter[str]:
        """Return the number of accepted corrections in each state; `lost` for missing ones."""
        known: dict[str, str] = {}
        path = "/api/v1/corrections"
        while path:
            answer = self.http.get(path)
            if answer.status_code == 503:
                return Counter({"unknown": 1})
            page = answer.raise_for_status().json()
            known |= {each["id"]: each["state"] for each in page["corrections"]}
            path = page["links"].get("next", "")
        assert set(known) >= set(self.accepted), "what was accepted is there"
        assert len(known) == len(set(self.accepted)), "and nothing was stored twice"
        return Counter(known.values())

    def until_settled(self) -> Counter[str]:
        """Wait until every correction is live or refused; return the numbers."""
        what = "all are settled"
        eventually(lambda: set(self.states()) <= SETTLED, within=SETTLED_WITHIN, what=what)
        return self.states()
