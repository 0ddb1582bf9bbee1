"""Asking the queue on behalf of a request, and how many requests may wait for it at once."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import g

from emojify_core.messages import PredictRequest
from emojify_core.prediction_queue import PredictionQueue, PredictionStatus


class Asking:
    """The queue, with a limited number of places to wait in.

    A request that finds no place is not refused: it is answered at once, without waiting. So
    there is always a thread left for those that ask for something else.
    """

    def __init__(self, queue: PredictionQueue, places: int) -> None:
        self._queue = queue
        self._places = threading.BoundedSemaphore(places)

    def submit(self, texts: tuple[str, ...], *, single: bool, wait: float) -> PredictionStatus:
        """Queue texts; `wait` is in seconds."""
        with self._waiting(wait) as granted:
            return self._queue.submit(PredictRequest(texts, single, g.request_id), granted)

    def find(self, prediction_id: str, *, wait: float) -> PredictionStatus | None:
        """Look at a prediction; None: we never issued this id."""
        with self._waiting(wait) as granted:
            return self._queue.find(prediction_id, granted)

    @contextmanager
    def _waiting(self, seconds: float) -> Iterator[float]:
        if not seconds or not self._places.acquire(blocking=False):
            yield 0
            return
        try:
            yield seconds
        finally:
            self._places.release()
