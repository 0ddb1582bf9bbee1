"""A client and an administrator who record every answer of the API."""

import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import httpx

from chaos.planned_corrections import PlannedCorrection
from chaos.rig import TOKEN
from support.deadlines import eventually

ANSWERED_WITHIN = 40  # seconds, including restarts of the web process
ADMINISTRATOR = {"Authorization": f"Bearer {TOKEN}"}


@dataclass(frozen=True, slots=True)
class Accepted:
    """A correction that the API accepted with 202."""

    id: str
    key: str
    planned: PlannedCorrection
    at: float  # monotonic


@dataclass
class Client:
    """One cookie, one idempotency key per correction, and a log of accepted corrections."""

    url: str
    accepted: list[Accepted] = field(default_factory=list)
    undone: set[str] = field(default_factory=set)
    rolled_back: bool = False  # a rollback without queueing it again

    def __post_init__(self) -> None:
        self._http = httpx.Client(base_url=self.url, trust_env=False, timeout=20)

    def submit(self, planned: PlannedCorrection) -> Accepted:
        """Send a correction, always with the same key, until it gets a 202."""
        key = uuid.uuid4().hex
        body = {"text": planned.text, "label": planned.label}

        def answered() -> dict[str, Any] | None:
            answer = self.request_once(
                "POST", "/api/v1/corrections", body, {"Idempotency-Key": key}
            )
            assert answer is None or answer.status_code in {202, 503}, answer.text
            return answer.json() if answer is not None and answer.status_code == 202 else None

        stored = eventually(answered, within=ANSWERED_WITHIN, what="a correction is accepted")
        accepted = Accepted(stored["id"], key, planned, time.monotonic())
        self.accepted.append(accepted)
        return accepted

    def states(self) -> dict[str, dict[str, Any]] | None:
        """Return the client's corrections by id; None without an answer."""
        answer = self.request_once("GET", "/api/v1/corrections")
        if answer is None or not answer.is_success:
            return None
        return {each["id"]: each for each in answer.json()["corrections"]}

    def get(self, correction_id: str) -> httpx.Response:
        """Return one correction."""
        return self.until_answered("GET", f"/api/v1/corrections/{correction_id}")

    def undo(self, correction_id: str) -> None:
        """Undo a correction; repeat the request until it gets an answer."""
        path = f"/api/v1/corrections/{correction_id}"
        assert self.until_answered("DELETE", path, headers=ADMINISTRATOR).status_code == 202
        self.undone.add(correction_id)

    def activate(self, version: int, *, requeue: bool) -> httpx.Response:
        """Roll back to a version."""
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
        """Return the API's list of versions and workers."""
        answer: dict[str, Any] = self.until_answered("GET", "/api/v1/models").json()
        return answer

    def until_answered(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """Repeat a request until it gets an answer other than 503."""

        def answered() -> httpx.Response | None:
            answer = self.request_once(method, path, body, headers)
            return None if answer is None or answer.status_code == 503 else answer

        answer = eventually(answered, within=ANSWERED_WITHIN, what=f"{method} {path} is answered")
        assert answer is not None
        return answer

    def request_once(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> httpx.Response | None:
        """Send a request once; return None if the connection broke."""
        try:
            return self._http.request(method, path, json=body, headers=headers)
        except httpx.TransportError:
            return None

    def close(self) -> None:
        """Close the connections."""
        self._http.close()
