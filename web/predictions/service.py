"""Submitting texts to the queue and finding predictions, on behalf of a request."""

import time
from dataclasses import dataclass

from flask import g

from emojify_core.errors import UnknownPredictionError
from emojify_core.messages import PredictRequest
from emojify_core.queue.prediction_queue import PredictionQueue, PredictionStatus
from web.http.concurrency import WaitSlots
from web.http.token_budget import TokenBudget


@dataclass(frozen=True, slots=True)
class PredictionService:
    """The queue, with a limited number of requests that wait. `wait` counts from their arrival."""

    queue: PredictionQueue
    wait_slots: WaitSlots
    tokens: TokenBudget | None  # None: no limit

    def submit(
        self, texts: tuple[str, ...], *, single: bool, wait: float, explain: bool = False
    ) -> PredictionStatus:
        """Queue texts.

        Raises QueueUnavailableError, OverloadedError when the queue is full, and RateLimitError.
        """
        if self.tokens:
            self.tokens.charge(texts)
        request = PredictRequest(texts, single, g.request_id, explain)
        with self.wait_slots.hold(_remaining(wait)) as granted:
            return self.queue.submit(request, granted)

    def find(self, prediction_id: str, *, wait: float) -> PredictionStatus:
        """Return a prediction. Raises UnknownPredictionError for an id that we never issued."""
        with self.wait_slots.hold(_remaining(wait)) as granted:
            status = self.queue.find(prediction_id, granted)
        if status is None:
            raise UnknownPredictionError("There is no prediction with this id.")
        return status


def _remaining(wait: float) -> float:
    """Return what is left of the seconds, which count from the request's arrival (RFC 7240)."""
    elapsed: float = time.perf_counter() - g.started
    return max(0.0, wait - elapsed)
