"""Clients that keep asking while something breaks, and remember every answer."""

import threading
import time
from dataclasses import dataclass, field
from typing import Any, Self

import httpx

WAIT = 1  # seconds asked for by `Prefer: wait`
PROMPT = 2  # seconds within which each request is answered or refused, whatever is away


@dataclass(slots=True)
class Load:
    """`clients` threads, each asking one thing after the other until told to stop."""

    url: str
    clients: int = 6
    texts: int = 1  # in each request
    wait: int = WAIT
    pause: float = 0.05  # seconds after an answer that is none: a polite client
    answers: list[tuple[int, float, dict[str, Any]]] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._threads = [threading.Thread(target=self._ask) for _ in range(self.clients)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _ask(self) -> None:
        body = (
            {"text": "I cried all night."}
            if self.texts == 1
            else {"texts": ["I cried all night."] * self.texts}
        )
        with httpx.Client(base_url=self.url, trust_env=False, timeout=30) as http:
            while not self._stop.is_set():
                started = time.monotonic()
                try:
                    answer = http.post(
                        "/api/v1/predictions", json=body, headers={"Prefer": f"wait={self.wait}"}
                    )
                except httpx.TransportError as e:
                    self.errors.append(e)
                    self._stop.wait(self.pause)
                    continue
                taken = time.monotonic() - started
                self.answers.append((answer.status_code, taken, answer.json()))
                if answer.status_code != 200:
                    self._stop.wait(self.pause)

    @property
    def statuses(self) -> set[int]:
        """Every status seen."""
        return {status for status, _, _ in self.answers}

    def count(self, status: int) -> int:
        """How often this status was seen."""
        return sum(seen == status for seen, _, _ in list(self.answers))

    @property
    def slowest(self) -> float:
        """Seconds of the slowest answer."""
        return max(taken for _, taken, _ in self.answers)

    def succeeded(self) -> int:
        """How many predictions were answered within their request."""
        return sum(body.get("state") == "succeeded" for _, _, body in list(self.answers))

    def open_ids(self) -> list[str]:
        """Return the ids of those that were accepted and not yet answered."""
        return [body["id"] for status, _, body in self.answers if status == 202]
