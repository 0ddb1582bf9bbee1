"""Asking the queue on behalf of a request."""

import time
from dataclasses import dataclass

from flask import g

from emojify_core.messages import PredictRequest
from emojify_core.queue.prediction_queue import PredictionQueue, PredictionStatus
from web.http.concurrency import WaitSlots


@dataclass(frozen=True, slots=True)
class PredictionService:
    """The queue, with a limited number of places to wait in."""

    queue: PredictionQueue
    wait_slots: WaitSlots

    def submit(
        self, texts: tuple[str, ...], *, single: bool, wait: float, explain: bool = False
    ) -> PredictionStatus:
        """Queue texts; `wait` is in seconds since the request came."""
        request = PredictRequest(texts, single, g.request_id, explain)
        with self.wait_slots.hold(_left(wait)) as granted:
            return self.queue.submit(request, granted)

    def find(self, prediction_id: str, *, wait: float) -> PredictionStatus | None:
        """Look at a prediction; None: we never issued this id."""
        with self.wait_slots.hold(_left(wait)) as granted:
            return self.queue.find(prediction_id, granted)


def _left(wait: float) -> float:
    """Return what is left of the seconds, which count from the request's arrival (RFC 7240)."""
    passed: float = time.perf_counter() - g.started
    return max(0.0, wait - passed)
