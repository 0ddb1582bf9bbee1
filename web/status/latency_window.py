"""How many predictions this process answered lately, and how long they took."""

import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import NamedTuple

from flask import Flask, Response, g, request

WINDOW = 300.0  # seconds
MAX_SAMPLES = 20_000  # about 1 MB

_ENDPOINTS = frozenset({"predictions.submit", "page.submit", "article.predict"})


class _Sample(NamedTuple):
    answered_at: float
    seconds: float
    ok: bool


@dataclass(frozen=True, slots=True)
class Summary:
    """Figures of the window. Times are milliseconds from a request's arrival to its answer."""

    answered: int
    failed: int
    per_minute: float
    median: float
    slow: float  # the 95th percentile


class LatencyWindow:
    """Remembers the answers of the last minutes. Safe to share between threads."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._samples: deque[_Sample] = deque(maxlen=MAX_SAMPLES)

    def record(self, status: int, seconds: float) -> None:
        """Record an answer. Queued predictions (202) and client errors do not count."""
        refused = status == HTTPStatus.TOO_MANY_REQUESTS or status >= 500  # noqa: PLR2004
        if status == HTTPStatus.OK or refused:
            self._samples.append(_Sample(self._now(), seconds, ok=not refused))

    def summary(self) -> Summary:
        """Return the figures of the last WINDOW seconds."""
        start = self._now() - WINDOW
        recent = [sample for sample in list(self._samples) if sample.answered_at >= start]
        times = sorted(1000 * sample.seconds for sample in recent if sample.ok)
        return Summary(
            answered=len(times),
            failed=len(recent) - len(times),
            per_minute=len(times) / (WINDOW / 60),
            median=_quantile(times, 0.5),
            slow=_quantile(times, 0.95),
        )


def register_latency_window(app: Flask) -> LatencyWindow:
    """Record each answer of the app to a request for a prediction."""
    window = LatencyWindow()

    @app.after_request
    def record(response: Response) -> Response:
        if request.method == "POST" and request.endpoint in _ENDPOINTS:
            window.record(response.status_code, time.perf_counter() - g.started)
        return response

    return window


def _quantile(times: list[float], share: float) -> float:
    return times[max(0, math.ceil(share * len(times)) - 1)] if times else 0.0
