"""Asking the queue on behalf of a request."""

from dataclasses import dataclass

from flask import g

from emojify_core.messages import PredictRequest
from emojify_core.prediction_queue import PredictionQueue, PredictionStatus
from web.waiting import WaitingPlaces


@dataclass(frozen=True, slots=True)
class Asking:
    """The queue, with a limited number of places to wait in."""

    queue: PredictionQueue
    places: WaitingPlaces

    def submit(
        self, texts: tuple[str, ...], *, single: bool, wait: float, explain: bool = False
    ) -> PredictionStatus:
        """Queue texts; `wait` is in seconds."""
        request = PredictRequest(texts, single, g.request_id, explain)
        with self.places.hold(wait) as granted:
            return self.queue.submit(request, granted)

    def find(self, prediction_id: str, *, wait: float) -> PredictionStatus | None:
        """Look at a prediction; None: we never issued this id."""
        with self.places.hold(wait) as granted:
            return self.queue.find(prediction_id, granted)
