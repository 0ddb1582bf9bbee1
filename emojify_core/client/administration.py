"""Administrative calls; they need the administrator's token."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO
from urllib.parse import quote, urlencode

from emojify_core.client.connection import Connection
from emojify_core.client.records import Correction, ModelVersion
from emojify_core.client.review import DecisionOutcome, WaitingCorrection
from emojify_core.client.transfers import download_to_stream
from emojify_core.limits import MAX_DECISIONS

_REVIEW = "/api/v1/corrections/review"
_QUEUE = re.compile(r'^emojify_queue_messages\{queue="(\w+)"\} ([\d.e+]+)$', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Administration:
    """Review, undo, forgetting, rollback and status."""

    connection: Connection

    def corrections(self, state: str | None = None, limit: int = 50) -> list[Correction]:
        """Return the newest corrections; without the token, only the caller's own."""
        found: list[Correction] = []
        path = "/api/v1/corrections" + (f"?state={state}" if state else "")
        while path and len(found) < limit:
            body = self.connection.request("GET", path)
            found += map(Correction.from_json, body["corrections"])
            path = body["links"].get("next", "")
        return found[:limit]

    def export(self, target: BinaryIO, result_format: str) -> None:
        """Write all corrections (`csv` or `jsonl`) into a binary file."""
        path = f"/api/v1/corrections/export?format={result_format}"
        download_to_stream(self.connection, path, target)

    def decide(self, correction_id: str, decision: str, why: str = "") -> Correction:
        """`accept` or `reject` a correction."""
        path = f"/api/v1/corrections/{correction_id}/{decision}"
        return Correction.from_json(self.connection.request("POST", path, json={"why": why}))

    def review(
        self, limit: int = 50, *, client: str | None = None, network: str | None = None
    ) -> list[WaitingCorrection]:
        """Return the oldest corrections that wait for review, of one sender or of all."""
        found: list[WaitingCorrection] = []
        chosen = {"client": client, "network": network}
        params = {name: value for name, value in chosen.items() if value is not None}
        path = _REVIEW + (f"?{urlencode(params)}" if params else "")
        while path and len(found) < limit:
            body = self.connection.request("GET", path)
            found += map(WaitingCorrection.from_json, body["corrections"])
            path = body["links"].get("next", "")
        return found[:limit]

    def decide_many(
        self, ids: Sequence[str], decision: str, why: str = ""
    ) -> list[DecisionOutcome]:
        """`accept` or `reject` waiting corrections; return an outcome for each."""
        outcomes: list[DecisionOutcome] = []
        for start in range(0, len(ids), MAX_DECISIONS):
            part = [*ids[start : start + MAX_DECISIONS]]
            outcomes += self._decide({"ids": part, "decision": decision, "why": why})[0]
        return outcomes

    def decide_all(
        self,
        decision: str,
        *,
        client: str | None = None,
        network: str | None = None,
        why: str = "",
    ) -> list[DecisionOutcome]:
        """`accept` or `reject` all that waits of a client, or of an address."""
        whose = {"network": network} if client is None else {"client": client}
        outcomes: list[DecisionOutcome] = []
        remaining = 1
        while remaining:
            more, remaining = self._decide({**whose, "decision": decision, "why": why})
            outcomes += more
            if not more:
                break
        return outcomes

    def _decide(self, body: dict[str, Any]) -> tuple[list[DecisionOutcome], int]:
        # A retry is safe: it decides nothing twice.
        answer = self.connection.request("POST", _REVIEW, retry=True, json=body)
        return [*map(DecisionOutcome.from_json, answer["outcomes"])], answer["remaining"]

    def undo(self, correction_id: str, why: str = "") -> Correction:
        """Erase a correction's text at once; the trainer then removes it from the model."""
        path = f"/api/v1/corrections/{correction_id}"
        params = {"why": why} if why else {}
        stored = self.connection.request("DELETE", path, retry=True, params=params)
        return Correction.from_json(stored)

    def forget(self, client: str, why: str = "") -> dict[str, Any]:
        """Erase all that a client made; return how much there was."""
        path = f"/api/v1/clients/{quote(client, safe=':')}"
        params = {"why": why} if why else {}
        forgotten: dict[str, Any] = self.connection.request(
            "DELETE", path, retry=True, params=params
        )
        return forgotten

    def activate(self, version: int, why: str = "", *, requeue: bool = False) -> ModelVersion:
        """Make a version live; `requeue` queues the corrections that it does not hold."""
        path = f"/api/v1/models/{version}/activate"
        body = {"why": why, "requeue": requeue}
        return ModelVersion.from_json(self.connection.request("POST", path, json=body))

    def rebuild(self) -> int:
        """Rebuild the model now; return how many erased corrections it still holds."""
        erased: int = self.connection.request("POST", "/api/v1/models/rebuild")["erased"]
        return erased

    def status(self) -> dict[str, Any]:
        """Return the readiness, the live version, the queues' lengths and the workers."""
        models = self.connection.request("GET", "/api/v1/models")
        metrics = self.connection.request("GET", "/metrics")
        return {
            "server": self.connection.url,
            "ready": self.connection.is_ready(),
            "live": models["live"],
            "queues": {name: int(float(size)) for name, size in _QUEUE.findall(metrics)},
            "workers": models["workers"],
        }
