"""Large batches: submitted, followed and fetched as a client does."""

import csv
import io
from dataclasses import dataclass, field
from typing import Any

import httpx

from containers.corrector import DEEDS, NAMES
from support.deadlines import eventually

ANSWERED_WITHIN = 600  # seconds


@dataclass
class SentBatch:
    """A submitted file; its cookie identifies the client."""

    http: httpx.Client
    rows: int
    path: str = field(init=False)

    def __post_init__(self) -> None:
        lines = ["number,text"]
        lines += [
            f"{number},{NAMES[number % 10]} {DEEDS[number % 5]} {number} times."
            for number in range(self.rows)
        ]
        answer = self.http.post(
            "/api/v1/batches",
            content="\n".join(lines).encode(),
            headers={"Content-Type": "text/csv"},
            params={"column": "text"},
        )
        assert answer.status_code == 202, answer.text
        self.path = answer.headers["location"]

    def progress(self) -> dict[str, Any]:
        """Return the batch as it is now; empty without an answer."""
        try:
            answer = self.http.get(self.path)
        except httpx.TransportError:
            return {}
        assert answer.status_code in {200, 503}, answer.text
        return dict(answer.json()) if answer.status_code == 200 else {}

    def until_succeeded(self) -> None:
        """Wait until it has succeeded; check that each row has one result, in order."""
        over = {"succeeded", "failed", "cancelled", "expired"}
        what = "the batch ends"
        eventually(lambda: self.progress().get("state") in over, within=ANSWERED_WITHIN, what=what)
        state = self.progress()
        assert state["state"] == "succeeded", state
        assert (state["rows"], state["done"], state["failed"]) == (self.rows, self.rows, 0)
        results = self.http.get(f"{self.path}/results").raise_for_status()
        found = list(csv.DictReader(io.StringIO(results.text)))
        assert [int(row["number"]) for row in found] == list(range(self.rows))
        assert {row["error"] for row in found} == {""}
        assert {row["model_version"] for row in found} == {str(state["model_version"])}
