"""Batches as JSON."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import url_for

from emojify_core.messages import State
from emojify_core.storage.batches.records import Batch
from web.http.responses import timestamp


@dataclass(frozen=True, slots=True)
class BatchSerializer:
    """Writes batches as JSON, with the time at which their files expire."""

    retention: timedelta

    def json(self, batch: Batch, *, administrator: bool = False) -> dict[str, Any]:
        """Return a batch in the shape of `schemas.BatchAnswer`.

        The administrator sees whose it is.
        """
        return {
            "id": batch.id,
            "state": batch.state.value,
            "name": batch.name,
            "format": batch.layout["format"],
            "encoding": batch.layout["encoding"],
            "column": batch.layout["column"],
            "rows": batch.rows,
            "rows_known": batch.fully_split,
            "done": batch.done,
            "failed": batch.failed,
            "rate": batch.rate and round(batch.rate, 1),
            "eta_seconds": None if batch.eta is None else round(batch.eta.total_seconds(), 1),
            "model_version": batch.model_version,
            "error": batch.reason and {"code": batch.error_code, "message": batch.reason},
            "created_at": timestamp(batch.created_at),
            "finished_at": timestamp(batch.finished_at),
            "expires_at": timestamp(self.expiry(batch)),
            **({"client": batch.client} if administrator else {}),
            "links": _links(batch),
        }

    def expiry(self, batch: Batch) -> datetime | None:
        """Return when the files of a batch are deleted; None unless it has succeeded."""
        if batch.state is not State.SUCCEEDED or batch.finished_at is None:
            return None
        return batch.finished_at + self.retention


def _links(batch: Batch) -> dict[str, str]:
    links = {
        "self": url_for("batches.show", batch_id=batch.id),
        "page": url_for("batch_page.show", batch_id=batch.id),
    }
    if batch.state is State.SUCCEEDED:
        for name in ("results", "summary"):
            links[name] = url_for(f"batch_results.{name}", batch_id=batch.id)
    return links
