"""How many predictions this process answered lately, and how long each took."""

import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import NamedTuple

from flask import Flask, Response, g, request

WINDOW = 300.0  # seconds
MOST = 20_000  # answers remembered, about 1 MB

_ASKING = frozenset({"predictions.submit", "page.answer_form", "article.predict"})


class _Answered(NamedTuple):
    at: float
    seconds: float
    ok: bool


@dataclass(frozen=True, slots=True)
class Summary:
    """The window in figures; times in milliseconds from a request's arrival to its answer."""

    answered: int
    failed: int
    per_minute: float
    median: float
    slow: float  # 95 of 100 took less


class RecentAnswers:
    """Remembers answers of the last minutes. Safe to share between threads."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._answers: deque[_Answered] = deque(maxlen=MOST)

    def note(self, status: int, seconds: float) -> None:
        """Take note of an answer. What is still queued, or was the asker's mistake, is none."""
        refused = status == HTTPStatus.TOO_MANY_REQUESTS or status >= 500  # noqa: PLR2004
        if status == HTTPStatus.OK or refused:
            self._answers.append(_Answered(self._now(), seconds, ok=not refused))

    def summary(self) -> Summary:
        """Return the last minutes in figures."""
        since = self._now() - WINDOW
        recent = [each for each in list(self._answers) if each.at >= since]
        times = sorted(1000 * each.seconds for each in recent if each.ok)
        return Summary(
            answered=len(times),
            failed=len(recent) - len(times),
            per_minute=len(times) / (WINDOW / 60),
            median=_quantile(times, 0.5),
            slow=_quantile(times, 0.95),
        )


def register_recent_answers(app: Flask) -> RecentAnswers:
    """Have each answer of the app to a prediction's request noted."""
    recent = RecentAnswers()

    @app.after_request
    def note(response: Response) -> Response:
        if request.method == "POST" and request.endpoint in _ASKING:
            recent.note(response.status_code, time.perf_counter() - g.started)
        return response

    return recent


def _quantile(times: list[float], share: float) -> float:
    return times[max(0, math.ceil(share * len(times)) - 1)] if times else 0.0
