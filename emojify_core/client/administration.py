"""What the administrator does; each needs the token."""

import re
from dataclasses import dataclass
from typing import Any, BinaryIO

from emojify_core.client.connection import Connection
from emojify_core.client.records import Correction, ModelVersion
from emojify_core.client.transfers import Download

_QUEUE = re.compile(r'^emojify_queue_messages\{queue="(\w+)"\} ([\d.e+]+)$', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Administration:
    """Review, undo, rollback, and a look at how the installation is."""

    connection: Connection

    def corrections(self, state: str | None = None, limit: int = 50) -> list[Correction]:
        """Return the newest corrections; without the token, those of who asks."""
        found: list[Correction] = []
        path = "/api/v1/corrections" + (f"?state={state}" if state else "")
        while path and len(found) < limit:
            body = self.connection.ask("GET", path)
            found += map(Correction.from_json, body["corrections"])
            path = body["links"].get("next", "")
        return found[:limit]

    def export(self, target: BinaryIO, result_format: str) -> None:
        """Write all corrections (`csv` or `jsonl`) into something that takes bytes."""
        path = f"/api/v1/corrections/export?format={result_format}"
        Download(self.connection, path).into(target)

    def decide(self, correction_id: str, decision: str, why: str = "") -> Correction:
        """`accept` or `reject` a correction."""
        path = f"/api/v1/corrections/{correction_id}/{decision}"
        return Correction.from_json(self.connection.ask("POST", path, json={"why": why}))

    def undo(self, correction_id: str, why: str = "") -> Correction:
        """Erase a correction's text at once, and what the model learned from it soon."""
        path = f"/api/v1/corrections/{correction_id}"
        how = {"params": {"why": why}} if why else {}
        return Correction.from_json(self.connection.ask("DELETE", path, again=True, **how))

    def activate(self, version: int, why: str = "", *, requeue: bool = False) -> ModelVersion:
        """Put a version into service again; `requeue` learns anew what it does not hold."""
        path = f"/api/v1/models/{version}/activate"
        body = {"why": why, "requeue": requeue}
        return ModelVersion.from_json(self.connection.ask("POST", path, json=body))

    def status(self) -> dict[str, Any]:
        """Return what is ready, how many messages wait in each queue, and the workers."""
        models = self.connection.ask("GET", "/api/v1/models")
        metrics = self.connection.ask("GET", "/metrics")
        return {
            "server": self.connection.url,
            "ready": self.connection.is_ready(),
            "live": models["live"],
            "queues": {name: int(float(size)) for name, size in _QUEUE.findall(metrics)},
            "workers": models["workers"],
        }
