"""A person who corrects, and an administrator; they write down every answer they got."""

import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import httpx

from chaos.rig import TOKEN
from chaos.texts import Saying
from support.deadlines import eventually

ANSWERED_WITHIN = 40  # seconds, restarts of the web process included
ADMINISTRATOR = {"Authorization": f"Bearer {TOKEN}"}


@dataclass(frozen=True, slots=True)
class Accepted:
    """A correction that was answered 202."""

    id: str
    key: str
    saying: Saying
    at: float  # monotonic


@dataclass
class Client:
    """One cookie, one idempotency key for each correction, and the log of what was promised."""

    url: str
    accepted: list[Accepted] = field(default_factory=list)
    undone: set[str] = field(default_factory=set)
    rolled_back: bool = False  # somebody went back to a version without queueing again

    def __post_init__(self) -> None:
        self._http = httpx.Client(base_url=self.url, trust_env=False, timeout=20)

    def submit(self, saying: Saying) -> Accepted:
        """Send a correction until it is answered 202, always with the same key."""
        key = uuid.uuid4().hex
        body = {"text": saying.text, "label": saying.label}

        def answered() -> dict[str, Any] | None:
            answer = self.ask("POST", "/api/v1/corrections", body, {"Idempotency-Key": key})
            assert answer is None or answer.status_code in {202, 503}, answer.text
            return answer.json() if answer is not None and answer.status_code == 202 else None

        stored = eventually(answered, within=ANSWERED_WITHIN, what="a correction is accepted")
        accepted = Accepted(stored["id"], key, saying, time.monotonic())
        self.accepted.append(accepted)
        return accepted

    def states(self) -> dict[str, dict[str, Any]] | None:
        """Return all own corrections by id; None when the answer did not come."""
        answer = self.ask("GET", "/api/v1/corrections")
        if answer is None or not answer.is_success:
            return None
        return {each["id"]: each for each in answer.json()["corrections"]}

    def get(self, correction_id: str) -> httpx.Response:
        """Return the answer on one correction."""
        return self.until_answered("GET", f"/api/v1/corrections/{correction_id}")

    def undo(self, correction_id: str) -> None:
        """Have a correction undone; sent again until it is answered."""
        path = f"/api/v1/corrections/{correction_id}"
        assert self.until_answered("DELETE", path, headers=ADMINISTRATOR).status_code == 202
        self.undone.add(correction_id)

    def activate(self, version: int, *, requeue: bool) -> httpx.Response:
        """Go back to a version."""
        answer = self.until_answered(
            "POST",
            f"/api/v1/models/{version}/activate",
            {"requeue": requeue, "why": "chaos"},
            ADMINISTRATOR,
        )
        assert answer.status_code in {200, 409}, answer.text
        self.rolled_back |= not requeue
        return answer

    def models(self) -> dict[str, Any]:
        """Return what the API says of versions and workers."""
        answer: dict[str, Any] = self.until_answered("GET", "/api/v1/models").json()
        return answer

    def until_answered(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """Ask until there is an answer other than 503."""

        def answered() -> httpx.Response | None:
            answer = self.ask(method, path, body, headers)
            return None if answer is None or answer.status_code == 503 else answer

        answer = eventually(answered, within=ANSWERED_WITHIN, what=f"{method} {path} is answered")
        assert answer is not None
        return answer

    def ask(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> httpx.Response | None:
        """Ask once; None if the connection broke."""
        try:
            return self._http.request(method, path, json=body, headers=headers)
        except httpx.TransportError:
            return None

    def close(self) -> None:
        """Let the connections go."""
        self._http.close()
