"""Batches through `/api/v1/batches`: what tests send, and how they wait for the end."""

import io
from typing import Any

from flask.testing import FlaskClient

from support.api_checks import parse_as
from support.batch_files import as_csv
from support.deadlines import eventually
from support.installation import CLEAR
from web.batches.schemas import BatchAnswer

API = "/api/v1/batches"
ROWS = [["id", "text"], *([str(n), text] for n, text in enumerate(CLEAR)), ["9", " "]]
FILE = as_csv(ROWS)
WAIT = {"Prefer": "wait=10"}


def submit(client: FlaskClient, content: str | bytes = FILE, **query: str) -> dict[str, Any]:
    """Send a file as the body of a request; return the answer."""
    response = client.post(API, data=content, query_string=query, content_type="text/csv")
    assert response.status_code == 202, response.text
    body: dict[str, Any] = response.get_json()
    assert response.headers["Location"] == body["links"]["self"] == f"{API}/{body['id']}"
    assert parse_as(response, BatchAnswer).state in {"queued", "running"}
    return body


def until_over(client: FlaskClient, batch: dict[str, Any]) -> dict[str, Any]:
    """Wait until a batch is over; return its final state."""

    def ended() -> dict[str, Any] | None:
        response = client.get(batch["links"]["self"], headers=WAIT)
        found: dict[str, Any] = response.get_json()
        parse_as(response, BatchAnswer)
        return None if found["state"] in {"queued", "running"} else found

    found = eventually(ended, within=30, what="the batch is over")
    assert found
    return found


def form(content: bytes, name: str = "a.csv", **fields: str) -> dict[str, Any]:
    """Return a form with a file; its other fields come first."""
    return {**fields, "file": (io.BytesIO(content), name)}
